import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { beforeAll, describe, expect, test } from 'vitest'
import { FILES } from './support/packed-files.ts'
import { packAll } from './support/tarball.ts'

/** A chunk of the bundler: its name changes with its content. */
const CHUNK = /^dist\/[\w-]+-[\w-]{8}\.(?:mjs|d\.mts)$/

/**
 * What packages of ES modules alone cannot have: types for the resolution of Node 10, and CommonJS. Node 20.19 and later
 * load them by `require()`, which `require.test.ts` tries.
 */
const ES_MODULES_ONLY = new Set(['NoResolution node10', 'CJSResolvesToESM node16-cjs'])

let tarballs: Map<string, Uint8Array<ArrayBuffer>>
beforeAll(async () => {
  tarballs = await packAll()
})

test('every package is packed', () => {
  expect([...tarballs.keys()].toSorted()).toEqual(Object.keys(FILES).toSorted())
})

describe.each(Object.entries(FILES))('the packed package %s', (name, expected) => {
  let tarball: Uint8Array<ArrayBuffer>
  beforeAll(() => {
    tarball = tarballs.get(name)!
  })

  test('has exactly the files of the list, and chunks', () => {
    const contents = createPackageFromTarballData(tarball)
    const root = `/node_modules/${contents.packageName}/`
    const files = contents.listFiles('/').map((file) => file.slice(root.length))
    expect(files.filter((file) => !CHUNK.test(file) || expected.includes(file)).toSorted()).toEqual(expected.toSorted())
  })

  test('asks for versions that a registry has', () => {
    const contents = createPackageFromTarballData(tarball)
    const manifest = contents.readFile(`/node_modules/${contents.packageName}/package.json`)
    expect(manifest).not.toMatch(/"(?:workspace|catalog|link|file):/)
  })

  test('has nothing that publint reports', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, level: 'suggestion', strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  test('has types that are right wherever ES modules can be imported', async () => {
    const result = await checkPackage(createPackageFromTarballData(tarball))
    if (!result.types) throw new Error('the package has no types')
    const problems = result.problems.map((problem) => {
      const { kind, entrypoint, resolutionKind } = { entrypoint: '', resolutionKind: '', ...problem }
      return { kind: `${kind} ${resolutionKind}`.trim(), entrypoint }
    })
    expect(problems.filter(({ kind }) => !ES_MODULES_ONLY.has(kind))).toEqual([])
    expect(result.types.kind).toBe('included')
  })
})

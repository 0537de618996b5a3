import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { framework } from './support/framework.ts'

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

let cache: string
beforeAll(async () => {
  cache = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-types-'))
})
afterAll(() => rm(cache, { recursive: true, force: true, maxRetries: 3 }))

test.each(['astro', 'astro-6', 'astro-7', 'nuxt', 'next', 'next-15'])(
  'with the types of %s, `?hd` imports and the options are typed',
  async (name) => {
    const { folder, prepare } = framework(name, cache)
    await prepare()
    const { status, stdout } = spawnSync(process.execPath, [TSC, '-p', path.join(folder, 'tsconfig.types.json')], {
      encoding: 'utf8',
    })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  },
)

test.each([
  ['astro', '.astro', 'interface HdAssetTypes'],
  ['nuxt', '.nuxt', ''],
])('the types that %s generates include those of `?hd`', async (name, generated, more) => {
  const project = framework(name, cache)
  await project.run('types')
  const folder = path.join(project.folder, generated)
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.d.ts'))
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')))
  expect(texts.join('\n')).toContain('<reference types="unplugin-hd/client" />')
  expect(texts.join('\n')).toContain(more)
})

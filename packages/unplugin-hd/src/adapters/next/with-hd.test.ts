import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { resample } from '@unplugin-hd/core'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { optionsOf } from '../../carried-options.ts'
import { requireTurbopack, withHd } from './with-hd.ts'

afterEach(() => vi.unstubAllEnvs())

const context = { isServer: false, dev: false }

function rulesOf(options: Parameters<typeof withHd>[1]): string {
  return JSON.stringify((withHd({}, options) as { turbopack: object }).turbopack)
}

/** A module that exports options. */
async function optionsFile(code: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hd-next-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'hd.config.mjs')
  await writeFile(file, code)
  return file
}

test('an object stays an object, a function a function, and both keep what they have', async () => {
  const config = { basePath: '/docs', webpack: (given: object) => ({ ...given, name: 'mine' }) }
  const object = withHd(config, { quality: 80 })
  const called = await withHd(async (phase: string) => ({ ...config, phase }))('build')
  expect(called).toMatchObject({ basePath: '/docs', phase: 'build' })
  for (const each of [object, called]) {
    const original = { plugins: [] }
    expect((each.webpack as (...parameters: object[]) => object)(original, context)).toEqual({
      name: 'mine',
      plugins: [{ apply: expect.any(Function) }],
    })
  }
  expect(Object.keys(object)).toEqual(['basePath', 'webpack'])
  expect(optionsOf(object)).toEqual({ quality: 80 })
})

test('with Turbopack its rules are added to those of the project', () => {
  vi.stubEnv('TURBOPACK', 'auto')
  const theirs = { loaders: ['theirs'] }
  const { turbopack } = withHd({ turbopack: { root: '/', rules: { '*': theirs, '*.svg': theirs } } } as object) as {
    turbopack: { root: string; rules: Record<string, unknown[]> }
  }
  expect(turbopack).toMatchObject({ root: '/', rules: { '*.svg': theirs } })
  const [first, ...ours] = turbopack.rules['*']!
  expect(first).toBe(theirs)
  expect(ours.length).toBeGreaterThan(3)
})

test('the options of rules change with the options, also those in a file', async () => {
  vi.stubEnv('TURBOPACK', '1')
  const file = await optionsFile(
    'export default { quality: 70, include: /a/, upscaler: { name: "mine", version: "1", upscale() {} } }',
  )
  const all = [{}, { quality: 80 }, { mode: 'off' as const }, file].map(rulesOf)
  expect(new Set(all).size).toBe(all.length)
  expect(rulesOf(pathToFileURL(file))).toBe(rulesOf(file))
})

test('options that do not reach the processes of Turbopack are refused there, and only there', () => {
  const options = { upscaler: resample() }
  withHd({}, options)
  vi.stubEnv('TURBOPACK', '1')
  expect(() => withHd({}, options)).toThrow(expect.objectContaining({ code: 'HD_OPTION', stack: '' }))
})

test.each([
  ['export default 80', 'does not export options'],
  ['throw new Error("broken")', 'broken'],
])('a file of options with %s is an error that names it', async (code, message) => {
  const file = await optionsFile(code)
  expect(() => withHd({}, file)).toThrow(
    expect.objectContaining({
      code: 'HD_OPTION',
      message: expect.stringMatching(new RegExp(`^hd\\.config\\.mjs: .*${message}`)),
    }),
  )
})

test('a Turbopack without conditions for queries is refused with both ways out', () => {
  for (const version of [undefined, '16.2.0', '16.4.6', '17.0.0']) requireTurbopack(version)
  for (const version of ['15.5.29', '16.0.10', '16.1.0-canary.3']) {
    expect(() => requireTurbopack(version)).toThrow(
      expect.objectContaining({
        code: 'HD_BUNDLER',
        message: expect.stringContaining(version),
        remedy: expect.stringMatching(/16\.2.*webpack/),
      }),
    )
  }
})

import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import astro from 'unplugin-hd/astro'
import nuxt from 'unplugin-hd/nuxt'
import { describe, expect, test } from 'vitest'

const PACKAGES = ['core', 'engine', 'neural', 'wechat', 'wechat-emulator', 'remote-cache', 'queue', 'kserve', 'unplugin-hd']

describe.each(PACKAGES)('the package %s', (name) => {
  const root = new URL(`../../packages/${name}/`, import.meta.url)

  test('exports only existing files, and publishes them', async () => {
    const manifest = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as {
      exports: Record<string, string | Record<string, string>>
      files: string[]
    }
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    )
    for (const target of targets) {
      await expect(access(new URL(target, root)), target).resolves.toBeUndefined()
      const [, top] = target.split('/')
      if (top !== 'package.json') expect(manifest.files).toContain(top)
    }
  })

  test('has no install script', async () => {
    const { scripts } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { scripts: Record<string, string> }
    expect(Object.keys(scripts).filter((script) => /install$|^prepare$/.test(script))).toEqual([])
  })
})

test('every entry of unplugin-hd exports a function that creates a plugin', async () => {
  for (const entry of ['vite', 'rollup', 'rolldown', 'webpack', 'rspack', 'esbuild', 'bun']) {
    const module = (await import(/* @vite-ignore */ import.meta.resolve(`unplugin-hd/${entry}`))) as {
      default: unknown
      neural: unknown
      resample: unknown
    }
    expect(module.default, entry).toBeTypeOf('function')
    expect(module.neural, entry).toBeTypeOf('function')
    expect(module.resample, entry).toBeTypeOf('function')
  }
})

test('unplugin-hd/wechat exports the upscalers by WeChat', async () => {
  const module = (await import(/* @vite-ignore */ import.meta.resolve('unplugin-hd/wechat'))) as Record<string, unknown>
  for (const name of ['wechat', 'wechatCloud', 'wechatRelay', 'createWechatClient'])
    expect(module[name], name).toBeTypeOf('function')
})

test('unplugin-hd/astro exports an integration that adds the plugin and the types', () => {
  const { name, hooks } = astro({ mode: 'off' })
  const updates: object[] = []
  hooks['astro:config:setup']({
    config: { root: new URL('./', import.meta.url) },
    updateConfig: (update) => updates.push(update),
  })
  expect(name).toBe('unplugin-hd')
  expect(updates).toMatchObject([
    { vite: { plugins: [expect.arrayContaining([expect.objectContaining({ name: 'unplugin-hd' })])] } },
  ])
  const types: { content: string }[] = []
  hooks['astro:config:done']({ injectTypes: (each) => types.push(each) })
  expect(types).toMatchObject([{ content: expect.stringContaining('unplugin-hd/client') }])
})

test('unplugin-hd/nuxt exports a module that adds a plugin for each side, the types, and a watcher that ignores the cache', async () => {
  expect(await nuxt.getMeta()).toMatchObject({ configKey: 'hd' })
  const listeners = new Map<string, (argument: never) => void>()
  // Relative paths are resolved from the package.
  const rootDir = path.dirname(import.meta.dirname)
  const options = { rootDir, ignore: [] as string[], hd: { cache: { dir: 'images' } } }
  nuxt({ mode: 'off' }, { options, hook: (hook: string, listener: () => void) => listeners.set(hook, listener) })
  expect(options.ignore).toEqual(['images/**'])
  const sides = [{}, {}] as { plugins?: unknown[]; server?: { watch?: { ignored?: ((file: string) => boolean)[] } } }[]
  for (const side of sides) listeners.get('vite:extendConfig')!(side as never)
  expect(sides[0]!.plugins).toEqual(
    expect.arrayContaining([expect.arrayContaining([expect.objectContaining({ name: 'unplugin-hd' })])]),
  )
  expect(sides[0]!.plugins!.at(-1)).not.toBe(sides[1]!.plugins!.at(-1))
  const [ignored] = sides[0]!.server!.watch!.ignored!
  expect(ignored!(path.join(rootDir, 'images', 'ab', 'entry'))).toBe(true)
  expect(ignored!(path.join(rootDir, 'images.ts'))).toBe(false)
  const references: object[] = []
  listeners.get('prepare:types')!({ references } as never)
  expect(references).toEqual([{ types: 'unplugin-hd/client' }])
})

interface Manifest {
  files: string[]
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<string, { optional?: boolean }>
}

async function readManifest(name: string): Promise<Manifest> {
  return JSON.parse(await readFile(new URL(`../../packages/${name}/package.json`, import.meta.url), 'utf8')) as Manifest
}

test('@unplugin-hd/neural contains no ONNX runtime and no ONNX file, and all packages accept the same runtimes', async () => {
  const [neural, plugin] = await Promise.all(['neural', 'unplugin-hd'].map(readManifest))
  expect(Object.keys(neural!.dependencies).toSorted()).toEqual(['@unplugin-hd/core', '@unplugin-hd/engine'])
  expect(neural!.files).not.toContain('models')
  for (const runtime of ['onnxruntime-node', 'onnxruntime-web']) {
    for (const { peerDependencies, peerDependenciesMeta } of [neural!, plugin!]) {
      expect(peerDependencies[runtime]).toBe('^1.22.0')
      expect(peerDependenciesMeta[runtime]).toEqual({ optional: true })
    }
  }
})

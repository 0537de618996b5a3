import { access, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'

const PACKAGES = ['core', 'neural', 'wechat', 'wechat-emulator', 'unplugin-hd']

describe.each(PACKAGES)('the package %s', (name) => {
  const root = new URL(`../../packages/${name}/`, import.meta.url)

  test('exports only files that are there, and publishes them', async () => {
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

test('every entry of unplugin-hd gives a function that makes a plugin', async () => {
  for (const entry of ['vite', 'rollup', 'rolldown', 'webpack', 'rspack', 'esbuild']) {
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

test('unplugin-hd/wechat gives the upscalers that go to WeChat', async () => {
  const module = (await import(/* @vite-ignore */ import.meta.resolve('unplugin-hd/wechat'))) as Record<string, unknown>
  for (const name of ['wechat', 'wechatCloud', 'wechatRelay', 'createWechatClient'])
    expect(module[name], name).toBeTypeOf('function')
})

import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packed, type Packed } from './support/packed.ts'

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

/** Entries whose default export is a function. */
const PLUGINS = ['vite', 'rollup', 'rolldown', 'webpack', 'rspack', 'esbuild', 'bun', 'astro', 'nuxt', 'next']

/** Other entries with code. */
const REST = ['.', 'jest', 'wechat']

/** Entries without code. */
const NO_CODE = ['client', 'next/client', 'package.json']

let unpluginHd: Packed
beforeAll(async () => {
  unpluginHd = await packed('unplugin-hd')
})
afterAll(() => unpluginHd.remove())

/** The JSON that a script prints. */
async function evaluate(name: string, code: string): Promise<unknown> {
  await writeFile(path.join(unpluginHd.project, name), code)
  return JSON.parse(await unpluginHd.node(name))
}

describe('the packed package', () => {
  test('has only entries that are tested here', async () => {
    const manifest = path.join(unpluginHd.project, 'node_modules', 'unplugin-hd', 'package.json')
    const { exports } = JSON.parse(await readFile(manifest, 'utf8')) as { exports: object }
    const entries = Object.keys(exports).map((name) => name.replace(/^\.\//, ''))
    expect(entries.toSorted()).toEqual([...PLUGINS, ...REST, ...NO_CODE].toSorted())
  })

  test.each(PLUGINS)('gives by require() of /%s the plugin, with the named exports on it, as import does', async (entry) => {
    const facts = await evaluate(
      'required.cjs',
      `const hd = require('unplugin-hd/${entry}')
      import('unplugin-hd/${entry}').then((module) => console.log(JSON.stringify({
        type: typeof hd, default: hd.default === hd, same: module.default === hd,
        lacking: Object.keys(module).filter((name) => name !== 'module.exports' && module[name] !== hd[name]),
        named: typeof module.neural + ' ' + typeof module.resample,
      })))`,
    )
    expect(facts).toEqual({ type: 'function', default: true, same: true, lacking: [], named: 'function function' })
  })

  test('returns the plugin of every bundler by require()', async () => {
    const bundlers = ['vite', 'rollup', 'rolldown', 'webpack', 'rspack', 'esbuild']
    const facts = await evaluate(
      'index.cjs',
      `const hd = require('unplugin-hd')
      const bundlers = ${JSON.stringify(bundlers)}
      console.log(JSON.stringify(bundlers.filter((name) => typeof hd[name] === 'function' && typeof hd.unpluginHd[name] === 'function')))`,
    )
    expect(facts).toEqual(bundlers)
  })

  test('returns the functions of /wechat by require()', async () => {
    const code = `console.log(JSON.stringify(typeof require('unplugin-hd/wechat').wechat))`
    expect(await evaluate('wechat.cjs', code)).toBe('function')
  })

  test('returns the functions of /jest by require()', async () => {
    const code = `const { process, createResolver } = require('unplugin-hd/jest'); console.log(JSON.stringify([typeof process, typeof createResolver]))`
    expect(await evaluate('jest.cjs', code)).toEqual(['function', 'function'])
  })

  test('type-checks in CommonJS and in ES modules', async () => {
    const plugins = PLUGINS.filter((entry) => entry !== 'nuxt' && entry !== 'astro')
    const required = [
      ...PLUGINS.map((entry) => `import ${entry} = require('unplugin-hd/${entry}')`),
      `import { vite as fromIndex, type HdOptions } from 'unplugin-hd'`,
      `import { wechat } from 'unplugin-hd/wechat'`,
      `const options: webpack.HdOptions = { quality: 80, upscaler: [webpack.neural(), webpack.resample()] }`,
      `const more: HdOptions = options`,
      `export const all = [${plugins.map((entry) => `${entry}(options), ${entry}.default(options)`).join(', ')}]`,
      `export const rest = [astro(options), nuxt.getMeta(), fromIndex(more), wechat]`,
      `// @ts-expect-error -- unknown option`,
      `webpack({ qualty: 80 })`,
    ]
    const imported = [
      ...PLUGINS.map(
        (entry) => `import ${entry}, { neural as ${entry}Neural, type HdOptions as ${entry}Options } from 'unplugin-hd/${entry}'`,
      ),
      `const options: webpackOptions = { quality: 80, upscaler: webpackNeural() }`,
      `export const all = [${plugins.map((entry) => `${entry}(options)`).join(', ')}, astro(options)]`,
      `export const rest = [${PLUGINS.map((entry) => `${entry}Neural`).join(', ')}, nuxt]`,
      `export type Rest = [${PLUGINS.map((entry) => `${entry}Options`).join(', ')}]`,
    ]
    const { project } = unpluginHd
    await writeFile(path.join(project, 'required.cts'), required.join('\n'))
    await writeFile(path.join(project, 'imported.mts'), imported.join('\n'))
    const compilerOptions = { module: 'nodenext', strict: true, noEmit: true, skipLibCheck: true, types: [] }
    const config = { compilerOptions, files: ['required.cts', 'imported.mts'] }
    await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify(config))
    const printed = await unpluginHd.node(TSC, '-p', project).catch((error: { stdout: string }) => error.stdout)
    expect(printed).toBe('')
  })
})

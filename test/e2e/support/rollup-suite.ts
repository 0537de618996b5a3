import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'
import { describe, expect, test } from 'vitest'
import { facts, type BuildSettings, type Built } from './bundler.ts'
import { HEIGHT, jpeg, WIDTH } from './images.ts'
import { createProject, type Project } from './project.ts'
import type { HdOptions } from 'unplugin-hd/rollup'

/** The output options of both that are used here. */
interface Output {
  format?: 'es' | 'cjs' | 'iife' | 'umd'
  name?: string
  entryFileNames?: string
  assetFileNames?: string | ((asset: { names: readonly string[] }) => string)
  sourcemap?: boolean | 'inline'
}

export type BuildRollupLike = (
  project: Project,
  options: HdOptions,
  settings?: BuildSettings & { output?: Output },
) => Promise<Built>

const TWICE = { width: 2 * WIDTH, height: 2 * HEIGHT, format: 'jpeg' }
const require = createRequire(import.meta.url)

/** Tests for both Rollup and Rolldown. */
export function describeRollupLike(build: BuildRollupLike): void {
  const entry = { 'main.js': `export { default as url } from './a.jpg?hd'\nexport { default as img } from './a.jpg?hd&as=img'` }

  describe('formats', () => {
    test('cjs uses a file URL in Node', async () => {
      const project = await createProject(entry)
      const built = await build(project, project.options(), { output: { format: 'cjs', entryFileNames: '[name].cjs' } })
      const { url, img } = require(path.join(project.dist, 'main.cjs')) as { url: string; img: { srcset: string } }
      expect(await facts(built, url)).toEqual(TWICE)
      expect(img.srcset.endsWith(` 1x, ${url} 2x`)).toBe(true)
      expect(built.warnings).toEqual([])
    })

    for (const format of ['iife', 'umd'] as const) {
      for (const [where, currentScript] of [
        ['the script', (src: string) => ({ src, tagName: 'SCRIPT' })],
        ['the page when the script is a module', () => null],
      ] as const) {
        test(`${format} uses a URL relative to ${where}`, async () => {
          const project = await createProject(entry)
          const built = await build(project, project.options(), { output: { format, name: 'bundle' } })
          const src = pathToFileURL(path.join(project.dist, 'main.js')).href
          const document = { currentScript: currentScript(src), baseURI: src, location: { href: src } }
          const sandbox: Record<string, any> = { document, URL, location: { href: src } }
          sandbox['self'] = sandbox['globalThis'] = sandbox
          vm.runInNewContext(await readFile(path.join(project.dist, 'main.js'), 'utf8'), sandbox)
          const { url, img } = sandbox['bundle']
          expect(await facts(built, url)).toEqual(TWICE)
          expect(img.srcset).toBe(`${img.src} 1x, ${url} 2x`)
          expect(built.warnings).toEqual([])
        })
      }
    }
  })

  describe('output.assetFileNames', () => {
    for (const [assetFileNames, expected] of [
      ['images/[name].[hash][extname]', /images\/a@2x\.[\w-]+\.jpg$/],
      ['[name][extname]', /dist\/a@2x\.jpg$/],
      [({ names }: { names: readonly string[] }) => `made/${names[0]!.toUpperCase()}`, /made\/A@2X\.JPG$/],
    ] as const) {
      test(`${assetFileNames} names the 2x`, async () => {
        const project = await createProject(entry)
        const built = await build(project, project.options(), { output: { assetFileNames } })
        const { url } = await built.run()
        expect(url).toMatch(expected)
        expect(await facts(built, url)).toEqual(TWICE)
      })
    }
  })

  describe('unprocessed references', () => {
    test('a reference that is no import gives one warning', async () => {
      const project = await createProject({
        'main.js': `
          import a from './a.jpg?hd'
          export default [a, new URL('./a.jpg?hd', import.meta.url).href, new URL('./a.jpg?hd', import.meta.url).href]`,
      })
      for (const settings of [{}, { minify: true }, { sourcemap: true }]) {
        const built = await build(project, project.options(), settings)
        expect(built.warnings).toEqual([
          expect.stringMatching(/'\.\/a\.jpg\?hd' in \S*main\.js:3 \(now in main\.js\) was not processed/),
        ])
      }
    })

    test('inline source maps cause no warnings', async () => {
      const project = await createProject(entry)
      const built = await build(project, project.options(), { output: { sourcemap: 'inline' } })
      expect(built.warnings).toEqual([])
    })
  })

  test('two images with the same name are two files', async () => {
    const project = await createProject({
      'b/a.jpg': await jpeg(50),
      'main.js': `export { default as one } from './a.jpg?hd'\nexport { default as two } from './b/a.jpg?hd'`,
    })
    const built = await build(project, project.options())
    const { one, two } = await built.run()
    expect(one).not.toBe(two)
    expect(built.images).toHaveLength(2)
  })
}

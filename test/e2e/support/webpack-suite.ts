import { readFile, rm } from 'node:fs/promises'
import type { Configuration } from 'webpack'
import { describe, expect, test } from 'vitest'
import type { HdOptions } from 'unplugin-hd/webpack'
import { facts } from './bundler.ts'
import { buildInChild } from './child.ts'
import { HEIGHT, jpeg, png, WIDTH } from './images.ts'
import { createProject, listFiles, type Project } from './project.ts'
import { closable, doubling, failing } from './upscaler.ts'
import type { WebpackLike } from './webpack-like.ts'

const TWICE = { width: 2 * WIDTH, height: 2 * HEIGHT, format: 'jpeg' }
const URL_ENTRY = { 'main.js': `export { default as url } from './a.jpg?hd'` }

type Output = NonNullable<Configuration['output']>
type Rule = NonNullable<NonNullable<Configuration['module']>['rules']>[number]

/** Tests for both webpack and Rspack. */
export function describeWebpackLike(bundler: WebpackLike): void {
  describe('output.publicPath', () => {
    for (const publicPath of ['', '/', './', '/x/', 'https://cdn.example/x/']) {
      test(`'${publicPath}' precedes the name`, async () => {
        const project = await createProject({
          'main.js': `export { default as url } from './a.jpg?hd'\nexport { default as img } from './a.jpg?hd&as=img'`,
        })
        const built = await bundler.build(project, project.options(), { config: { output: { publicPath } } })
        const { url, img } = await built.run()
        expect(url.startsWith(publicPath)).toBe(true)
        expect(await facts(built, url.slice(publicPath.length))).toEqual(TWICE)
        expect(img.srcset).toBe(`${img.src} 1x, ${url} 2x`)
        expect(img.src.startsWith(publicPath)).toBe(true)
      })
    }
  })

  describe('output.assetModuleFilename', () => {
    const templates: [NonNullable<Output['assetModuleFilename']>, RegExp][] = [
      ['images/[name].[hash:6][ext][query]', /^images\/a@2x\.[\da-f]{6}\.jpg$/],
      ['[path][base]', /^src\/pics\/a@2x\.jpg$/],
      ['[file]', /^src\/pics\/a@2x\.jpg$/],
      ['[contenthash]-[name][ext]', /^[\da-f]+-a@2x\.jpg$/],
      [() => 'made/[name].[hash][ext]', /^made\/a@2x\.[\da-f]+\.jpg$/],
    ]
    for (const [assetModuleFilename, expected] of templates) {
      test(`${assetModuleFilename} names the 2x`, async () => {
        const project = await createProject({
          'src/pics/a.jpg': await jpeg(),
          'src/pics/index.js': `export { default as url } from './a.jpg?hd'\nexport { default as img } from './a.jpg?hd&as=img'`,
          'main.js': `export * from './src/pics/index.js'`,
        })
        const built = await bundler.build(project, project.options(), {
          config: { output: { assetModuleFilename, publicPath: '' } },
        })
        const { url, img } = await built.run()
        expect(url).toMatch(expected)
        expect(await facts(built, url)).toEqual(TWICE)
        expect(img.srcset).toMatch(/^\S+ 1x, \S+ 2x$/)
        expect(built.images).toHaveLength(2)
      })
    }
  })

  test.each([false, true])('names that end a reference in text give no warning (development: %s)', async (development) => {
    const names = ['a b.jpg', 'a,b.jpg', `it's.jpg`, 'ü (2).jpg']
    const imports = names.map((name, index) => `export { default as i${index} } from ${JSON.stringify(`./${name}?hd&as=img`)}`)
    const images = await Promise.all(names.map(async (name, index) => [name, await jpeg(20 * index)] as const))
    const project = await createProject({ ...Object.fromEntries(images), 'main.js': imports.join('\n') })
    const built = await bundler.build(project, project.options(), { development })
    expect(built.warnings).toEqual([])
    expect(built.images).toHaveLength(8)
  })

  test('[path] is the folder of the image, not of the importer', async () => {
    const project = await createProject({
      'pics/a.jpg': await jpeg(),
      'one/index.js': `export { default as one } from '../pics/a.jpg?hd'`,
      'two/index.js': `export { default as two } from '@pics/a.jpg?hd'`,
      'main.js': `export * from './one/index.js'\nexport * from './two/index.js'`,
    })
    const built = await bundler.build(project, project.options(), {
      alias: { '@pics': `${project.root}/pics` },
      config: { output: { assetModuleFilename: '[path][name][ext]', publicPath: '/' } },
    })
    expect(await built.run()).toMatchObject({ one: '/pics/a@2x.jpg', two: '/pics/a@2x.jpg' })
    expect(built.images).toEqual(['pics/a@2x.jpg'])
  })

  describe(`the user's own rules`, () => {
    const rules: [string, Rule[]][] = [
      ['none', []],
      [
        'asset/resource with a name of its own',
        [{ test: /\.jpg$/, type: 'asset/resource', generator: { filename: 'own/[name][ext]' } }],
      ],
      [
        'asset that inlines everything',
        [
          {
            test: /\.jpg$/,
            type: 'asset',
            parser: { dataUrlCondition: { maxSize: 1e6 } },
            generator: { dataUrl: { mimetype: 'x/y' } },
          },
        ],
      ],
      ['asset/inline', [{ test: /\.jpg$/, type: 'asset/inline' }]],
      ['asset/source', [{ test: /\.jpg$/, type: 'asset/source' }]],
      ['a loose expression', [{ test: /\.jpe?g/i, type: 'asset/resource' }]],
      ['a very loose expression', [{ test: /jpg|png/, type: 'asset/resource', generator: { filename: 'own/[name][ext]' } }]],
      [
        'oneOf',
        [
          {
            oneOf: [
              { test: /\.jpg$/, type: 'asset/inline' },
              { type: 'asset/resource', exclude: /\.[cm]?js$/ },
            ],
          },
        ],
      ],
      [
        'a rule for everything but scripts',
        [{ exclude: /\.[cm]?js$/, type: 'asset/resource', generator: { filename: 'own/[name][ext]' } }],
      ],
      ['a rule by query', [{ test: /\.jpg$/, resourceQuery: /hd/, type: 'asset/source' }]],
    ]
    for (const [what, own] of rules) {
      test(`do not apply to ?hd images: ${what}`, async () => {
        const project = await createProject({
          'main.js': `
            export { default as url } from './a.jpg?hd'
            export { default as inline } from './a.jpg?hd&inline'
            export { default as file } from './a.jpg?hd&no-inline'`,
        })
        const built = await bundler.build(project, project.options(), { config: { module: { rules: own } } })
        const { url, inline, file } = await built.run()
        expect(await facts(built, url)).toEqual(TWICE)
        expect(await facts(built, file)).toEqual(TWICE)
        expect(inline).toMatch(/^data:image\/jpeg;base64,\/9j\//)
        expect(built.warnings).toEqual([])
      })
    }

    test("a loader for scripts does not see the plugin's modules", async () => {
      const project = await createProject({
        'loader.cjs': `module.exports = function (code) { if (/\\.jpg/.test(this.resource)) throw new Error('ours'); return code }`,
        'main.js': `export { default as img } from './a.jpg?hd&as=img'`,
      })
      const rule: Rule = { test: /\.m?js$/, use: [`${project.root}/loader.cjs`] }
      const built = await bundler.build(project, project.options(), { config: { module: { rules: [rule] } } })
      expect((await built.run())['img']).toMatchObject({ width: WIDTH, height: HEIGHT })
    })

    test('an image without ?hd is unchanged', async () => {
      const project = await createProject({
        'b.png': await png(),
        'main.js': `
          export { default as a } from './a.jpg'
          export { default as b } from './b.png?other'
          export { default as hd } from './a.jpg?hd'`,
      })
      const rule: Rule = { test: /\.(jpg|png)$/, type: 'asset/resource' }
      const built = await bundler.build(project, project.options(), { config: { module: { rules: [rule] } } })
      const { a, b } = await built.run()
      expect(await project.read(built.file(a).slice(project.root.length + 1))).toEqual(await project.read('a.jpg'))
      expect(
        await project.read(
          built
            .file(b)
            .replace(/\?.*/, '')
            .slice(project.root.length + 1),
        ),
      ).toEqual(await project.read('b.png'))
      expect(built.images).toHaveLength(3)
    })
  })

  describe('inlining', () => {
    test(`the configured limit applies to the 2x`, async () => {
      const project = await createProject({
        'main.js': `export { default as url } from './a.jpg?hd'\nexport { default as file } from './a.jpg?hd&no-inline'`,
      })
      const large = await bundler.build(project, project.options(), { config: limit(1e6) })
      const { url, file } = await large.run()
      expect(url).toMatch(/^data:image\/jpeg;base64,\/9j\//)
      expect(await facts(large, file)).toEqual(TWICE)
    })

    test('with a smaller limit, or none, it is a file', async () => {
      const project = await createProject(URL_ENTRY)
      const small = await bundler.build(project, project.options(), { config: limit(10) })
      expect(await facts(small, (await small.run())['url'])).toEqual(TWICE)
    })
  })

  describe('?hd in other places', () => {
    test('require and new URL return the 2x', async () => {
      const project = await createProject({
        'old.cjs': `module.exports = require('./a.jpg?hd')`,
        'main.js': `export { default as url } from './old.cjs'\nexport const other = new URL('./a.jpg?hd', import.meta.url).href`,
      })
      const built = await bundler.build(project, project.options())
      const { url, other } = await built.run()
      expect(await facts(built, url)).toEqual(TWICE)
      expect(other).toBe(url)
      expect(built.images).toHaveLength(1)
    })

    test('url() in native CSS uses the 2x', async () => {
      const project = await createProject({
        'main.css': `.a { background: url('./a.jpg?hd') }\n.b { background: url(./a.jpg?hd&format=webp) }`,
        'main.js': `import './main.css'`,
      })
      const built = await bundler.build(project, project.options(), {
        config: { experiments: { css: true }, module: { rules: [{ test: /\.css$/, type: 'css/auto' }] } },
      })
      const css = (await project.read(`dist/${built.files.find((name) => name.endsWith('.css'))!}`)).toString()
      const urls = [...css.matchAll(/url\(["']?([^)"']+)/g)].map(([, url]) => url!)
      expect(urls).toHaveLength(2)
      expect(await facts(built, urls[0]!)).toEqual(TWICE)
      expect(await facts(built, urls[1]!)).toEqual({ ...TWICE, format: 'webp' })
      expect(built.warnings).toEqual([])
    })
  })

  describe('unprocessed references', () => {
    const rules: Rule[] = [{ test: /\.jpg$/, type: 'asset/resource' }]

    test('an excluded image causes one warning', async () => {
      const project = await createProject({ ...URL_ENTRY, 'other.js': `import './a.jpg?hd'` })
      const built = await bundler.build(project, project.options({ exclude: '*.jpg' }), { config: { module: { rules } } })
      expect(built.warnings).toEqual([expect.stringMatching(/a\.jpg\?hd.*not processed by unplugin-hd/)])
      expect(built.warnings[0]).not.toContain(project.root)
    })

    test('an inline request causes one warning', async () => {
      const project = await createProject({
        'loader.cjs': `module.exports = (x) => x\nmodule.exports.raw = true`,
        'main.js': `export { default as url } from './loader.cjs!./a.jpg?hd'`,
      })
      const built = await bundler.build(project, project.options(), { config: { module: { rules } } })
      expect(built.warnings).toEqual([expect.stringMatching(/a\.jpg\?hd.*not processed by unplugin-hd/)])
    })

    for (const devtool of ['eval', 'eval-source-map', 'source-map', 'inline-source-map'] as const) {
      test(`a development build with ${devtool} has no warnings`, async () => {
        const project = await createProject({
          'main.js': `import a from './a.jpg?hd'\nimport b from './a.jpg?hd&as=img'\nexport default [a, b]`,
        })
        const built = await bundler.build(project, project.options(), { development: true, config: { devtool } })
        expect(built.warnings).toEqual([])
        expect((await built.run())['default']).toEqual([expect.any(String), expect.any(Object)])
      })
    }
  })

  describe('several compilers', () => {
    test('one plugin instance serves two consecutive builds, with warnings for each', async () => {
      const project = await createProject(URL_ENTRY)
      const config = bundler.config(project, project.options({ exclude: '*.jpg' }), {
        config: { module: { rules: [{ test: /\.jpg$/, type: 'asset/resource' }] } },
      })
      const first = await bundler.buildConfig(project, config)
      const second = await bundler.buildConfig(project, config)
      expect(first.warnings).toHaveLength(1)
      expect(second.warnings).toHaveLength(1)
      expect(config.module?.rules).toHaveLength(1)
    })

    test('two concurrent ones of a project with equal options do not end each other', async () => {
      const project = await createProject({
        'slow.jpg': await jpeg(3),
        'slow.js': `export { default as url } from './slow.jpg?hd'`,
        ...URL_ENTRY,
      })
      const builds = ['slow.js', 'main.js'].map((entry) =>
        bundler.build(project, project.options({ upscaler: closable() }), { entry, config: { output: { clean: false } } }),
      )
      for (const built of await Promise.all(builds)) expect(built.warnings).toEqual([])
      expect((await listFiles(project.dist)).filter((name) => name.endsWith('.jpg'))).toHaveLength(2)
    })

    test('a bad query is reported once, with its module', async () => {
      const project = await createProject({ 'main.js': `export { default as url } from './a.jpg?hd&quality=0'` })
      const error = await bundler.build(project, project.options()).catch((reason: Error) => reason)
      expect((error as Error).message.match(/a\.jpg/g)).toHaveLength(1)
    })
  })

  describe(`the compiler's own cache on disk`, () => {
    test('keeps the assets in later processes, and detects changed images and options', async () => {
      const project = await createProject({
        'main.js': `import a from './a.jpg?hd'\nimport b from './a.jpg?hd&as=img&format=webp'\nconsole.log(a, b)`,
      })
      const build = async (own: HdOptions = {}, inChild = false): Promise<{ calls: number; images: Map<string, Buffer> }> => {
        await rm(project.dist, { recursive: true, force: true })
        const upscaler = doubling()
        const options = project.options({ ...own, upscaler })
        const settings = { config: persistent(bundler, project) }
        if (!inChild) {
          const { warnings } = await bundler.build(project, options, settings)
          expect(warnings).toEqual([])
          return { calls: upscaler.calls, images: await emitted(project) }
        }
        const { plugins: _, ...config } = bundler.config(project, options, settings)
        const { calls, warnings } = await buildInChild(bundler.name, project, { ...options, upscaler: 'doubling' }, config)
        expect(warnings).toEqual([])
        return { calls, images: await emitted(project) }
      }
      const first = await build()
      expect(first.images.size).toBe(3)
      expect(first.calls).toBe(1)
      for (const inChild of [true, false, false]) {
        const later = await build({}, inChild)
        expect(later.images).toEqual(first.images)
        expect(later.calls).toBe(0)
      }
      const otherQuality = await build({ quality: 20 })
      expect([...otherQuality.images.keys()]).not.toEqual([...first.images.keys()])
      expect(otherQuality.images.size).toBe(3)
      await project.write('a.jpg', await jpeg(90))
      const otherImage = await build()
      expect(otherImage.calls).toBe(1)
      expect(otherImage.images.size).toBe(3)
      for (const name of first.images.keys()) expect(otherImage.images.has(name), name).toBe(false)
    })

    for (const onError of ['source', 'resample'] as const) {
      test(`does not keep the fallback of onError: '${onError}'`, async () => {
        const project = await createProject({
          'main.js': `export { default as url } from './a.jpg?hd'\nexport { default as meta } from './a.jpg?hd&as=meta'`,
        })
        const upscaler = doubling()
        const broken = { ...failing(), name: upscaler.name, version: upscaler.version }
        const settings = { config: persistent(bundler, project) }
        const first = await bundler.build(project, project.options({ onError, upscaler: broken }), settings)
        expect(first.warnings).not.toEqual([])
        const second = await bundler.build(project, project.options({ onError, upscaler }), settings)
        const { url, meta } = await second.run()
        expect(second.warnings).toEqual([])
        expect(await facts(second, url)).toEqual(TWICE)
        expect(meta).toMatchObject({ src: url, width: TWICE.width, upscaler: 'doubling' })
      })
    }

    test('leaves no image out of the report', async () => {
      const project = await createProject({
        'main.js': `import a from './a.jpg?hd'\nimport b from './a.jpg?hd&as=img&format=webp'\nconsole.log(a, b)`,
      })
      for (const name of ['first', 'second']) {
        await bundler.build(project, project.options({ report: `${name}.html` }), { config: persistent(bundler, project) })
        const { totals, images } = JSON.parse((await project.read(`${name}.json`)).toString()) as Report
        expect(totals).toMatchObject({ images: 1, variants: 2, hits: name === 'first' ? 0 : 2 })
        expect(images[0]!.uses.map(({ text }) => text)).toEqual(['main.js:1', 'main.js:2'])
      }
    })

    test('is used again if a configuration is built twice in a process', async () => {
      const project = await createProject({ 'main.js': `export { default as url } from './a.jpg?hd'` })
      const config = bundler.config(project, project.options(), { config: persistent(bundler, project) })
      const first = await bundler.buildConfig(project, config)
      await rm(project.dist, { recursive: true })
      const second = await bundler.buildConfig(project, config)
      expect(second.images).toEqual(first.images)
      expect(await facts(second, (await second.run())['url'])).toEqual(TWICE)
      expect(JSON.stringify(config.cache).match(/hd:/g) ?? []).toHaveLength(0)
    })
  })

  test('an unused image is not emitted', async () => {
    const project = await createProject({ 'main.js': `import unused from './a.jpg?hd&as=img'\nexport const x = 1` })
    await bundler.build(project, project.options({ upscaler: doubling() }))
    expect((await listFiles(project.dist)).filter((name) => name.endsWith('.jpg'))).toEqual([])
  })
}

interface Report {
  totals: Record<string, number>
  images: { uses: { text: string }[] }[]
}

function limit(maxSize: number): Configuration {
  return { module: { parser: { asset: { dataUrlCondition: { maxSize } } } } }
}

function persistent({ name }: WebpackLike, { root }: Project): Configuration {
  const directory = `${root}/compiler-cache`
  const cache =
    name === 'rspack'
      ? { type: 'persistent', storage: { type: 'filesystem', directory } }
      : { type: 'filesystem', cacheDirectory: directory }
  return { cache: cache as Configuration['cache'] & object }
}

/** The images in the output, by name. */
async function emitted({ dist }: Project): Promise<Map<string, Buffer>> {
  const names = (await listFiles(dist)).filter((name) => /\.(?:jpg|webp)$/.test(name))
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(`${dist}/${name}`)] as const)))
}

import { build as run } from 'esbuild'
import hd from 'unplugin-hd/esbuild'
import { describe, expect, test } from 'vitest'
import { facts } from './support/bundler.ts'
import { buildEsbuild, esbuild } from './support/esbuild.ts'
import { HEIGHT, jpeg, png, WIDTH } from './support/images.ts'
import { createProject, listFiles } from './support/project.ts'
import { describeBundler } from './support/suite.ts'
import { doubling } from './support/upscaler.ts'

const TWICE = { width: 2 * WIDTH, height: 2 * HEIGHT, format: 'jpeg' }
const URL_ENTRY = { 'main.js': `export { default as url } from './a.jpg?hd'` }

describe('esbuild', () => {
  describeBundler(esbuild)

  describe('naming', () => {
    for (const publicPath of ['', '/', '/x/', './', 'https://cdn.example/x']) {
      test(`publicPath '${publicPath}' precedes the name`, async () => {
        const project = await createProject({ 'main.js': `export { default as srcset } from './a.jpg?hd&as=srcset'` })
        const built = await buildEsbuild(project, project.options(), { config: { publicPath } })
        const start = publicPath === '' ? './' : publicPath.endsWith('/') ? publicPath : `${publicPath}/`
        const [one, two] = (await built.run())['srcset'].split(', ') as [string, string]
        expect(one.startsWith(`${start}a-`)).toBe(true)
        expect(two.startsWith(`${start}a@2x-`)).toBe(true)
        expect(built.images).toHaveLength(2)
      })
    }

    for (const [assetNames, expected] of [
      ['images/[name].[hash]', /^\.\/images\/a@2x\.[A-Z\d]{8}\.jpg$/],
      ['[ext]/[name]', /^\.\/jpg\/a@2x\.jpg$/],
      // Modules of plugins have no folder.
      ['[dir]/[name]-[hash]', /^\.\/a@2x-[A-Z\d]{8}\.jpg$/],
    ] as const) {
      test(`assetNames ${assetNames} names the 2x`, async () => {
        const project = await createProject({
          'src/pics/a.jpg': await jpeg(),
          'src/main.js': `export { default as url } from './pics/a.jpg?hd'`,
        })
        const config = { assetNames, entryPoints: ['src/main.js'], outbase: '.' }
        const built = await buildEsbuild(project, project.options(), { config })
        expect(built.files).toContain('src/main.js')
        const code = (await project.read('dist/src/main.js')).toString()
        const url = /"(\.[^"]+\.jpg)"/.exec(code)![1]!
        // Like esbuild: relative to the output folder.
        expect(url.replace('../', './')).toMatch(expected)
        expect(await facts(built, url.replace('../', './'))).toEqual(TWICE)
      })
    }
  })

  describe(`the user's own loaders`, () => {
    for (const loader of ['file', 'copy', 'binary', 'base64', 'text', 'empty'] as const) {
      test(`'.jpg': '${loader}' does not apply to ?hd images`, async () => {
        const project = await createProject({ 'main.js': `import './a.jpg'\nexport { default as url } from './a.jpg?hd'` })
        const built = await buildEsbuild(project, project.options(), {
          config: { loader: { '.jpg': loader } },
        })
        const code = (await project.read('dist/main.js')).toString()
        expect(code).toMatch(/"\.\/a@2x-[A-Z\d]+\.jpg"/)
        expect(built.images).toContainEqual(expect.stringMatching(/^a@2x-[A-Z\d]+\.jpg$/))
      })
    }

    test('inlines 2x images if images are inlined, except with &no-inline', async () => {
      const project = await createProject({
        'b.png': await png(),
        'main.js': `
          export { default as a } from './a.jpg?hd'
          export { default as b } from './b.png?hd'
          export { default as file } from './b.png?hd&no-inline'`,
      })
      const built = await buildEsbuild(project, project.options(), { config: { loader: { '.png': 'dataurl' } } })
      const { a, b, file } = await built.run()
      expect(await facts(built, a)).toEqual(TWICE)
      expect(b).toMatch(/^data:image\/png;base64,iVBOR/)
      expect(await facts(built, file)).toEqual({ ...TWICE, format: 'png' })
    })

    test('an image without ?hd is unchanged', async () => {
      const project = await createProject({
        'main.js': `export { default as plain } from './a.jpg'\nexport { default as twice } from './a.jpg?hd'`,
      })
      const built = await buildEsbuild(project, project.options(), { config: { loader: { '.jpg': 'file' } } })
      const { plain } = await built.run()
      expect(await project.read(`dist/${plain}`)).toEqual(await project.read('a.jpg'))
    })
  })

  describe('?hd in other places', () => {
    test('url() in CSS uses the 2x', async () => {
      const project = await createProject({
        'main.css': `.a { background: url('./a.jpg?hd') } .b { background: url(./a.jpg?hd&format=webp) }`,
        'main.js': `import './main.css'`,
      })
      const built = await buildEsbuild(project, project.options())
      const css = (await project.read('dist/main.css')).toString()
      const urls = [...css.matchAll(/url\("?([^")]+)/g)].map(([, url]) => url!)
      expect(await facts(built, urls[0]!)).toEqual(TWICE)
      expect(await facts(built, urls[1]!)).toEqual({ ...TWICE, format: 'webp' })
      expect(built.warnings).toEqual([])
    })

    test('require returns the URL', async () => {
      const project = await createProject({
        'old.cjs': `module.exports = require('./a.jpg?hd')`,
        'main.js': `export { default as url } from './old.cjs'`,
      })
      const built = await buildEsbuild(project, project.options())
      expect(await facts(built, (await built.run())['url'])).toEqual(TWICE)
    })

    test('an import in another chunk leads to the same file', async () => {
      const project = await createProject({
        'main.js': `export { default as url } from './a.jpg?hd'\nexport const later = import('./b.js')`,
        'b.js': `export { default as url } from './a.jpg?hd'`,
      })
      const built = await buildEsbuild(project, project.options(), { config: { splitting: true } })
      const { url, later } = await built.run()
      expect((await later).url).toBe(url)
      expect(built.images).toHaveLength(1)
    })
  })

  describe('unprocessed references', () => {
    test('a reference that is no import gives one warning', async () => {
      const project = await createProject({
        'main.js': `import a from './a.jpg?hd'\nexport default [a, new URL('./a.jpg?hd', import.meta.url).href]`,
      })
      for (const settings of [{}, { minify: true }, { sourcemap: true }, { config: { sourcemap: 'inline' as const } }]) {
        const built = await buildEsbuild(project, project.options(), settings)
        expect(built.warnings).toEqual([
          expect.stringMatching(/'\.\/a\.jpg\?hd' in main\.js:2 \(now in dist\/main\.js\) was not processed/),
        ])
      }
    })

    test('an excluded image causes one warning', async () => {
      const project = await createProject(URL_ENTRY)
      const options = project.options({ exclude: '*.jpg' })
      const built = await buildEsbuild(project, options, { config: { loader: { '.jpg': 'file' } } })
      expect(built.warnings).toEqual([expect.stringMatching(/a-[A-Z\d]+\.jpg\?hd' in dist\/main\.js was not processed/)])
    })

    test('files in memory are searched too', async () => {
      const project = await createProject({ 'main.js': `export default './a.jpg?hd'` })
      const { warnings } = await run({
        absWorkingDir: project.root,
        entryPoints: ['main.js'],
        outdir: 'dist',
        write: false,
        metafile: false,
        logLevel: 'silent',
        plugins: [hd(project.options())],
      })
      expect(warnings.map(({ text }) => text)).toEqual([expect.stringMatching(/was not processed by unplugin-hd/)])
    })
  })

  test('the images of one module are made concurrently', async () => {
    const files: Record<string, Buffer> = {}
    for (let index = 0; index < 4; index++) files[`p${index}.png`] = await png(index)
    const names = Object.keys(files)
    const project = await createProject({
      ...files,
      'main.js': names.map((name, index) => `export { default as p${index} } from './${name}?hd'`).join('\n'),
    })
    const one = doubling()
    let meet: () => void
    const two = new Promise<void>((resolve) => (meet = resolve))
    let running = 0
    const upscaler = {
      ...one,
      // Returns when another one has started, so that the build ends only if they are upscaled concurrently.
      async upscale(...args: Parameters<typeof one.upscale>) {
        if (++running === 2) meet()
        await two
        return one.upscale(...args)
      },
    }
    await buildEsbuild(project, project.options({ upscaler, concurrency: 4 }))
    expect(running).toBe(4)
  })

  test('a build with cache misses writes nothing', async () => {
    const project = await createProject({
      'main.css': `.a { background: url(./a.jpg?hd&format=webp) }`,
      'main.js': `import './main.css'\nexport { default as a } from './a.jpg?hd'`,
    })
    const building = buildEsbuild(project, project.options({ mode: 'cache-only' }))
    await expect(building).rejects.toThrow(/nothing is written.*\n.*\(HD_CACHE_MISS\)/s)
    expect(await listFiles(project.dist)).toEqual([])
  })

  test('an unused image is not emitted', async () => {
    const project = await createProject({ 'main.js': `import unused from './a.jpg?hd&as=img'\nexport const x = 1` })
    expect((await buildEsbuild(project, project.options())).images).toEqual([])
  })
})

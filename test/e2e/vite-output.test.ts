import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { facts } from './support/bundler.ts'
import { HEIGHT, jpeg, png, WIDTH } from './support/images.ts'
import { createProject, listFiles } from './support/project.ts'
import { doubling } from './support/upscaler.ts'
import { vite7, vite8 } from './support/vite.ts'

const TWICE = { width: 2 * WIDTH, height: 2 * HEIGHT }
const ENTRY = { 'main.js': `export { default as url } from './a.jpg?hd'\nexport { default as img } from './a.jpg?hd&as=img'` }

for (const bundler of [vite8, vite7]) {
  describe(`${bundler.name}: Vite's handling of assets applies to 2x images`, () => {
    test.each(['/sub/', 'https://cdn.example.com/x/', '/'])('base %s stands before the URL', async (base) => {
      const project = await createProject(ENTRY)
      const built = await bundler.build(project, project.options(), { config: { base } })
      const { url, img } = await built.run()
      expect(url).toMatch(new RegExp(`^${base}assets/a@2x-[\\w-]+\\.jpg$`))
      expect(img.src).toMatch(new RegExp(`^${base}assets/a-[\\w-]+\\.jpg$`))
      expect(img.srcset).toBe(`${img.src} 1x, ${url} 2x`)
      expect(await facts(built, url.slice(base.length))).toEqual({ ...TWICE, format: 'jpeg' })
    })

    test('renderBuiltUrl decides', async () => {
      const project = await createProject(ENTRY)
      const config = { experimental: { renderBuiltUrl: (file: string) => `https://elsewhere.example/${file}?v=1` } }
      const { url } = await (await bundler.build(project, project.options(), { config })).run()
      expect(url).toMatch(/^https:\/\/elsewhere\.example\/assets\/a@2x-[\w-]+\.jpg\?v=1$/)
    })

    test('an image below assetsInlineLimit becomes a data URL, and &no-inline keeps it a file', async () => {
      const project = await createProject({
        'main.js': `export { default as a } from './a.jpg?hd'\nexport { default as b } from './a.jpg?hd&no-inline'`,
      })
      const built = await bundler.build(project, project.options(), { config: { build: { assetsInlineLimit: 100_000 } } })
      const { a, b } = await built.run()
      expect(a).toMatch(/^data:image\/jpeg;base64,/)
      expect(await facts(built, b)).toEqual({ ...TWICE, format: 'jpeg' })
    })

    test('assetFileNames names the file', async () => {
      const project = await createProject(ENTRY)
      const rollupOptions = { output: { entryFileNames: '[name].js', assetFileNames: 'pics/[name].[hash:8][extname]' } }
      const built = await bundler.build(project, project.options(), { config: { build: { rollupOptions } } })
      const { url } = await built.run()
      expect(url).toMatch(/pics\/a@2x\.[\w-]{8}\.jpg$/)
    })

    test('an image in the public folder is found by its public path', async () => {
      const project = await createProject({
        'public/deep/p.png': await png(),
        'main.js': `export { default as url } from '/deep/p.png?hd'`,
      })
      const built = await bundler.build(project, project.options())
      const { url } = await built.run()
      expect(await facts(built, url)).toEqual({ ...TWICE, format: 'png' })
    })

    test('client and server builds agree on the URL, and the image is made and emitted once', async () => {
      const project = await createProject(ENTRY)
      const upscaler = doubling()
      const options = project.options({ upscaler })
      const client = await bundler.build(project, options, { config: { base: '/' } })
      const { url } = await client.run()
      const ssr = { base: '/', build: { ssr: true, outDir: 'server' } }
      await bundler.build(project, options, { config: ssr })
      const written = await listFiles(path.join(project.root, 'server'))
      expect((await project.read('server/main.js')).toString()).toContain(url)
      expect(written.filter((name) => name.endsWith('.jpg'))).toEqual([])
      expect(upscaler.calls).toBe(1)
    })

    test('the manifest lists the file', async () => {
      const project = await createProject(ENTRY)
      await bundler.build(project, project.options(), { config: { build: { manifest: true } } })
      const manifest = JSON.parse((await project.read('dist/.vite/manifest.json')).toString()) as Record<
        string,
        { file: string; assets?: string[] }
      >
      const entry = Object.values(manifest).find(({ file }) => file === 'main.js')
      expect(entry!.assets).toHaveLength(2)
    })

    test('another folder with an empty node_modules has the same names with the same cache', async () => {
      const one = await createProject(ENTRY)
      const other = await createProject(ENTRY)
      const upscaler = doubling()
      const options = one.options({ upscaler })
      const first = await bundler.build(one, options)
      const second = await bundler.build(other, options)
      expect(second.images).toEqual(first.images)
      expect(upscaler.calls).toBe(1)
    })
  })

  describe(`${bundler.name}: an unprocessed ?hd`, () => {
    test('causes one warning each, with file and line', async () => {
      const project = await createProject({
        'b.jpg': await jpeg(20),
        'c.jpg': await jpeg(40),
        'deep/_part.scss': `\n.a { background: url('/gone.jpg?hd') }`,
        'style.scss': `@use './deep/part';`,
        'main.js': `import './style.scss'\nimport b from './b.jpg?hd'\n// './b.jpg?hd'\ndocument.title = b + './b.jpg?hd'`,
        'index.html': `<!-- ./c.jpg?hd -->\n\n<p data-src="./c.jpg?hd"></p><script type="module" src="./main.js"></script>`,
      })
      const built = await bundler.build(project, project.options(), { entry: 'index.html', config: { base: '/' } })
      const unprocessed = built.warnings.filter((text) => text.includes('was not processed by unplugin-hd'))
      const places = unprocessed.map((text) => /in (\S+ \(now in \S+\)) was not/.exec(text)![1]!.replace(/-[\w-]{8}\./, '.'))
      expect(places.toSorted()).toEqual([
        'deep/_part.scss:2 (now in assets/index.css)',
        'index.html:3 (now in index.html)',
        'main.js:4 (now in index.js)',
      ])
    })

    test('in new URL() of server code, which Vite ignores, causes a warning', async () => {
      const project = await createProject({ 'main.js': `\nexport const url = new URL('./a.jpg?hd', import.meta.url)` })
      const built = await bundler.build(project, project.options(), { config: { build: { ssr: true } } })
      expect(built.warnings).toEqual([
        expect.stringMatching(/'\.\/a\.jpg\?hd' in main\.js:2 \(now in main\.js\) was not processed/),
      ])
    })

    test('of an excluded image causes a warning', async () => {
      const project = await createProject({ 'main.js': `export { default as url } from './a.jpg?hd'` })
      const built = await bundler.build(project, project.options({ exclude: '**/a.jpg' }))
      expect(built.warnings).toEqual([expect.stringMatching(/a-[\w-]{8}\.jpg\?hd' in main\.js:1 /)])
    })
  })
}

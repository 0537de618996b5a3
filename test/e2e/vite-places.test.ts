import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse, type DefaultTreeAdapterTypes } from 'parse5'
import hd from 'unplugin-hd/vite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { facts, type Built } from './support/bundler.ts'
import { HEIGHT, jpeg, png, WIDTH } from './support/images.ts'
import { createProject, listFiles, type Project } from './support/project.ts'
import { doubling, failing } from './support/upscaler.ts'
import { vite7, vite8, type ViteSettings } from './support/vite.ts'

const TWICE = { width: 2 * WIDTH, height: 2 * HEIGHT }
const ONCE = { width: WIDTH, height: HEIGHT }
const LIGHTNING: ViteSettings = { config: { css: { transformer: 'lightningcss' } } }

/** The content of every `url()` in a text. */
function urlsIn(css: string): string[] {
  return [...css.matchAll(/url\(\s*(["']?)(.*?)\1\s*\)/g)].map(([, , url]) => url!)
}

/** The written file whose name matches. */
async function output(project: Project, pattern: RegExp, dist = 'dist'): Promise<string> {
  const name = (await listFiles(path.join(project.root, dist))).find((file) => pattern.test(file))
  return (await project.read(`${dist}/${name}`)).toString()
}

/** Attributes of every element with that name, in document order, including templates. */
function elements(html: string, name: string): Record<string, string>[] {
  const found: Record<string, string>[] = []
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if (node.nodeName === name && 'attrs' in node) {
      found.push(
        Object.fromEntries(node.attrs.map((attr) => [attr.prefix ? `${attr.prefix}:${attr.name}` : attr.name, attr.value])),
      )
    }
    if ('content' in node) visit(node.content)
    if ('childNodes' in node) node.childNodes.forEach(visit)
  }
  visit(parse(html, { scriptingEnabled: false }))
  return found
}

/** URLs of a srcset, by descriptor. */
function candidates(srcset: string): Record<string, string> {
  return Object.fromEntries(srcset.split(', ').map((entry) => entry.split(' ').toReversed()))
}

async function expectTwice(built: Built, urls: readonly string[], folder = '.'): Promise<void> {
  expect(urls.length).toBeGreaterThan(0)
  for (const url of urls) expect(await facts(built, path.posix.join(folder, url)), url).toMatchObject(TWICE)
}

/** The hash in the name of every 2x, by the part before it. */
function hashes({ images }: Built): Record<string, string> {
  return Object.fromEntries(images.map((name) => /(\w+)@2x-([\w-]{8})/.exec(name)!.slice(1)))
}

for (const bundler of [vite8, vite7]) {
  describe(`${bundler.name}: ?hd in CSS`, () => {
    for (const [name, settings] of [
      ['PostCSS', {}],
      ['Lightning CSS', LIGHTNING],
    ] as const) {
      test(`${name}: url() and image-set(), in imported files, by alias, package, root and public path`, async () => {
        const project = await createProject({
          'pics/b.png': await png(1),
          'pics/c d.png': await png(2),
          'public/p.png': await png(3),
          'node_modules/pics/package.json': '{ "name": "pics" }',
          'node_modules/pics/e.jpg': await jpeg(40),
          'deep/er/imported.css': `.i { background: url("../../pics/b.png?hd") } .j { background: url(./near.png?hd) }`,
          'deep/er/near.png': await png(5),
          'style.css': `
            @import './deep/er/imported.css';
            @import './layered.css' layer(base) screen;
            .a { background: url(./a.jpg?hd) }
            .b { background: image-set(url('./a.jpg') 1x, url('./a.jpg?hd') 2x) }
            .c { background: image-set('./pics/b.png?hd' type('image/png') 2x) }
            .d { background: url("./pics/c%20d.png?hd&format=webp"), url( './pics/c d.png?hd' ) }
            .e { background: url(@pics/b.png?hd) } .f { background: url(/pics/b.png?hd) }
            .g { background: url(/p.png?hd) } .h { background: url(pics/e.jpg?hd) }
            /* .x { background: url(./gone.png?hd) } */`,
          'layered.css': `.k { background: url('./a.jpg?quality=50&hd') }`,
          'main.js': `import './style.css'`,
        })
        const upscaler = doubling()
        const built = await bundler.build(project, project.options({ upscaler }), {
          ...settings,
          alias: { '@pics': `${project.root}/pics` },
        })
        const css = (await output(project, /\.css$/)).replace(/\/\*[^]*?\*\//g, '')
        const urls = urlsIn(css)
        expect(css).not.toContain('?hd')
        expect(urls.filter((url) => /a-[\w-]{8}\.jpg/.test(url))).toHaveLength(1)
        await expectTwice(
          built,
          urls.filter((url) => !/a-[\w-]{8}\.jpg/.test(url)),
          'assets',
        )
        expect(urls).toHaveLength(13)
        expect(upscaler.calls).toBe(6)
        expect(built.warnings).toEqual([])
      })

      test(`${name}: as=srcset becomes an image-set() of 1x and 2x, also in an imported file`, async () => {
        const project = await createProject({
          'b.png': await png(1),
          'deep/imported.css': `.i { background: url(../b.png?hd&as=srcset) center / 10px }`,
          'style.css': `@import './deep/imported.css'; .a { background: url("./a.jpg?hd&as=srcset&format=webp"), url(a.jpg?hd&as=srcset) }`,
          'main.js': `import './style.css'`,
        })
        const built = await bundler.build(project, project.options(), settings)
        const css = await output(project, /\.css$/)
        const sets = [...css.matchAll(/image-set\(\s*url\(([^)]*)\) 1x,\s*url\(([^)]*)\) 2x\s*\)/g)]
        expect(sets).toHaveLength(3)
        for (const [, one, two] of sets) {
          expect(await facts(built, `assets/${one!.replaceAll('"', '')}`)).toMatchObject(ONCE)
          expect(await facts(built, `assets/${two!.replaceAll('"', '')}`)).toMatchObject(TWICE)
        }
        expect(built.images).toHaveLength(6)
        expect(css).not.toMatch(/hd|data:/)
      })
    }

    test('mistyped queries are reported in every place, with the right form', async () => {
      const project = await createProject({
        'style.css': `.a { background: url(./a.jpg?4x) }\n.b { background: url("./a.jpg?hd?as=srcset") }`,
        'main.js': `import './style.css'\n\nconsole.log(new URL('./a.jpg?HD', import.meta.url))`,
        'index.html': `<p>\n\n\n<img src="./a.jpg?hd2"><script type="module" src="./main.js"></script>`,
      })
      const { warnings } = await bundler.build(project, project.options(), { entry: 'index.html' })
      const told = warnings.filter((text) => text.includes('is not a query of unplugin-hd'))
      expect(told).toHaveLength(4)
      for (const [place, form] of [
        ['style.css:1 ', "'?hd=4'"],
        ['style.css:2 ', "'?hd&as=srcset'"],
        ['main.js:3 ', "'?hd'"],
        ['index.html:4 ', "'?hd'"],
      ] as const) {
        expect(told).toContainEqual(expect.stringContaining(place))
        expect(told.find((text) => text.includes(place))).toContain(form)
      }
    })

    test('a factor of 3 is exact in CSS, and image-set() has every factor up to it', async () => {
      const project = await createProject({
        'style.css': `.a { background: url(./a.jpg?hd=3) } .b { background: url(./a.jpg?hd=3&as=srcset) }`,
        'main.js': `import './style.css'`,
      })
      const built = await bundler.build(project, project.options())
      const css = await output(project, /\.css$/)
      const [, ...urls] = /image-set\(\s*url\(([^)]*)\) 1x,\s*url\(([^)]*)\) 2x,\s*url\(([^)]*)\) 3x\s*\)/.exec(css)!
      for (const [index, url] of urls.entries()) {
        const factor = index + 1
        expect(await facts(built, `assets/${url.replaceAll('"', '')}`)).toMatchObject({
          width: factor * WIDTH,
          height: factor * HEIGHT,
        })
      }
      expect(built.images).toHaveLength(3)
    })

    test('Sass and Less: in the file itself, in a partial of another folder, with a variable', async () => {
      const project = await createProject({
        'b.png': await png(1),
        'scss/_partial.scss': `.i { background: url('../b.png?hd') } .s { background: url('../b.png?hd&as=srcset') }`,
        'style.scss': `@use './scss/partial'; $name: 'a.jpg'; .a { background: url('./#{$name}?hd') }`,
        'less/part.less': `.i { background: url('../b.png?hd') }`,
        'other.less': `@import './less/part.less'; @name: 'a.jpg'; .a { background: url('./@{name}?hd') }`,
        'main.js': `import './style.scss'\nimport './other.less'`,
      })
      const built = await bundler.build(project, project.options())
      const css = await output(project, /\.css$/)
      const urls = urlsIn(css)
      expect(urls).toHaveLength(6)
      expect(css).toMatch(/image-set\(url\(\S+\) 1x, url\(\S+\) 2x\)/)
      await expectTwice(
        built,
        urls.filter((url) => url.includes('@2x')),
        'assets',
      )
      expect(urls.filter((url) => url.includes('@2x'))).toHaveLength(5)
      expect(built.warnings).toEqual([])
    })

    test('a public image in an imported file or a partial, with every kind of base', async () => {
      for (const base of ['/', '/sub/', './', 'https://cdn.example.com/x/']) {
        const project = await createProject({
          'public/deep/p q.png': await png(3),
          'scss/_partial.scss': `.i { background: url('/deep/p%20q.png?hd') } .s { background: url("/deep/p%20q.png?hd&as=srcset") }`,
          'style.scss': `@use './scss/partial'; .p { background: url('/deep/p%20q.png') }`,
          'css/imported.css': `.c { background: url(/deep/p%20q.png?hd) }`,
          'main.css': `@import './css/imported.css';`,
          'main.js': `import './style.scss'\nimport './main.css'`,
        })
        const built = await bundler.build(project, project.options(), { config: { base } })
        const urls = urlsIn(await output(project, /\.css$/))
        const prefix = base === './' ? './' : `${base}assets/`
        const twice = urls.filter((url) => url.includes('@2x')).map((url) => url.replace(prefix, 'assets/'))
        expect(twice).toHaveLength(3)
        await expectTwice(built, twice)
        expect(urls).toHaveLength(5)
        expect(built.warnings).toEqual([])
      }
    })

    test('CSS modules, ?inline and ?url stylesheets use the 2x', async () => {
      const project = await createProject({
        'b.png': await png(1),
        'm.module.css': `.m { background: url(./a.jpg?hd) }`,
        'inline.css': `.n { background: url(./b.png?hd) }`,
        'linked.css': `.o { background: url(./b.png?hd&format=webp) }`,
        'main.js': `
          export { m } from './m.module.css'
          export { default as css } from './inline.css?inline'
          export { default as href } from './linked.css?url'`,
      })
      const built = await bundler.build(project, project.options(), { config: { base: '/' } })
      const { css } = await built.run()
      await expectTwice(built, urlsIn(css))
      const files = built.files.filter((name) => name.endsWith('.css'))
      expect(files).toHaveLength(2)
      for (const file of files) await expectTwice(built, urlsIn((await project.read(`dist/${file}`)).toString()))
    })

    test('assetsInlineLimit, &inline and &no-inline decide what is inlined', async () => {
      const project = await createProject({
        'main.js': `import './style.css'`,
        'style.css': `.a { background: url(./a.jpg?hd) } .b { background: url(./a.jpg?hd&no-inline) } .c { background: url(./a.jpg?hd&as=srcset) }`,
        'always.css': '',
      })
      const settings = { config: { build: { assetsInlineLimit: 100_000 } } }
      const built = await bundler.build(project, project.options(), settings)
      const [a, b, one, two] = urlsIn(await output(project, /\.css$/))
      for (const url of [a, one, two]) expect(url).toMatch(/^data:image\/jpeg;base64,\/9j/)
      expect(a).toBe(two)
      expect(await facts(built, `assets/${b}`)).toMatchObject(TWICE)

      await project.write('style.css', `.a { background: url(./a.jpg?hd&inline) }`)
      await bundler.build(project, project.options())
      expect(urlsIn(await output(project, /\.css$/))).toEqual([expect.stringMatching(/^data:image\/jpeg;base64,/)])
    })

    test.each(['/', '/sub/', 'https://cdn.example.com/x/'])('base %s stands before the URL', async (base) => {
      const project = await createProject({
        'main.js': `import './style.css'`,
        'style.css': `.a { background: url(./a.jpg?hd) } .b { background: url(./a.jpg?hd&as=srcset) }`,
      })
      await bundler.build(project, project.options(), { config: { base } })
      const [a, one, two] = urlsIn(await output(project, /\.css$/))
      expect(a).toMatch(new RegExp(`^${base}assets/a@2x-[\\w-]+\\.jpg$`))
      expect(one).toMatch(new RegExp(`^${base}assets/a-[\\w-]+\\.jpg$`))
      expect(two).toBe(a)
    })

    test(`mode: 'off' uses the source, without image-set()`, async () => {
      const project = await createProject({
        'main.js': `import './style.css'`,
        'style.css': `.a { background: url(./a.jpg?hd) } .b { background: url(./a.jpg?hd&as=srcset) }`,
      })
      const built = await bundler.build(project, project.options({ mode: 'off' }))
      const css = await output(project, /\.css$/)
      expect(built.images).toHaveLength(1)
      expect(css).not.toContain('image-set')
      for (const url of urlsIn(css)) expect(await facts(built, `assets/${url}`)).toMatchObject(ONCE)
    })

    const faults = [
      [
        'an unsuitable shape',
        `.a{}\n.b { background: url(./a.jpg?hd&as=meta) }`,
        /style\.css:2: .*'as=meta' makes no sense in CSS.*\(HD_QUERY\)/,
      ],
      ['an unknown key', `.a { background: url(./a.jpg?hd&size=3) }`, /style\.css:1: .*size.*\(HD_QUERY\)/],
      [
        'as=srcset in an image-set()',
        `\n\n.a { background: image-set(url(./a.jpg?hd&as=srcset) 2x) }`,
        /style\.css:3: .*image-set.*\(HD_QUERY\)/,
      ],
    ] as const
    test.each(faults)('%s is an error with file and line', async (_, css, message) => {
      const project = await createProject({ 'main.js': `import './style.css'`, 'style.css': css })
      await expect(bundler.build(project, project.options())).rejects.toThrow(message)
    })

    test('an excluded image is left to Vite, with a warning', async () => {
      const project = await createProject({
        'main.js': `import './style.css'\nexport { default as url } from '@pics/a.jpg?hd&x=1'`,
        'style.css': `.a { background: url(@pics/a.jpg?hd&x=1) }`,
      })
      const built = await bundler.build(project, project.options({ exclude: '**/a.jpg', upscaler: failing() }), {
        alias: { '@pics': project.root },
      })
      expect(built.images).toHaveLength(1)
      expect(built.warnings).toHaveLength(2)
      for (const text of built.warnings) expect(text).toMatch(/(?:main\.js:2|style\.css:1) \(now in \S+\) was not processed/)
    })
  })

  describe(`${bundler.name}: ?hd in a page`, () => {
    test('every attribute for images gets the 2x', async () => {
      const project = await createProject({
        'pics/b.png': await png(1),
        'pics/ü c.png': await png(2),
        'public/p.png': await png(3),
        'index.html': `<!doctype html>
          <html><head>
            <link rel="preload" as="image" href="./a.jpg?hd" imagesrcset="./a.jpg 1x, ./a.jpg?hd 2x">
            <link rel=icon href=/pics/b.png?hd>
            <meta property="og:image" content="./pics/b.png?hd"><meta name=description content="a.jpg?other">
          </head><body>
            <img src="a.jpg?hd" alt="a > b"> <img SRC='./pics/%C3%BC%20c.png?hd'> <img src="/p.png?hd&amp;format=webp">
            <picture><source srcset="./a.jpg?hd&format=avif 2x, ./a.jpg?format=webp&hd"><img src="./a.jpg?hd"></picture>
            <video poster="./a.jpg?hd"></video>
            <noscript><img src="./a.jpg?hd"></noscript> <template><img src="./a.jpg?hd"></template>
            <svg><image href="./a.jpg?hd" xlink:href="./a.jpg?hd"/></svg>
            <img src="https://example.com/x.jpg?hd"> <!-- <img src="./gone.jpg?hd"> -->
          </body></html>`,
      })
      const built = await bundler.build(project, project.options(), { entry: 'index.html', config: { base: '/' } })
      const html = await output(project, /index\.html$/)
      const imgs = elements(html, 'img').map(({ src }) => src!)
      expect(imgs.pop()).toBe('https://example.com/x.jpg?hd')
      expect(imgs).toHaveLength(6)
      const [preload, icon] = elements(html, 'link')
      const { '1x': one, '2x': two } = candidates(preload!['imagesrcset']!)
      expect(await facts(built, one!)).toMatchObject(ONCE)
      const [image] = elements(html, 'image')
      const [source] = elements(html, 'source')
      const [first, second] = source!['srcset']!.split(', ')
      await expectTwice(built, [
        ...imgs,
        preload!['href']!,
        two!,
        icon!['href']!,
        elements(html, 'meta')[0]!['content']!,
        elements(html, 'video')[0]!['poster']!,
        image!['href']!,
        image!['xlink:href']!,
        first!.split(' ')[0]!,
        second!,
      ])
      expect(await facts(built, first!.split(' ')[0]!)).toMatchObject({ format: 'heif' })
      expect(html).toContain('alt="a > b"')
      expect(built.warnings.filter((text) => !text.includes('example.com'))).toEqual([])
    })

    test('as=img writes src, srcset and the missing size', async () => {
      const project = await createProject({
        'index.html': `
          <img class="x" src="./a.jpg?hd&as=img" alt="A &amp; b">
          <img src="./a.jpg?hd&as=img&format=webp" width="12">
          <img height="32" src="./a.jpg?hd&as=img">
          <img width="5" height="6" src="./a.jpg?hd&as=img">`,
      })
      const built = await bundler.build(project, project.options(), { entry: 'index.html', config: { base: '/' } })
      const imgs = elements(await output(project, /index\.html$/), 'img')
      expect(imgs.map(({ width, height }) => `${width}x${height}`)).toEqual(['24x16', '12x8', '48x32', '5x6'])
      expect(imgs[0]).toMatchObject({ class: 'x', alt: 'A & b' })
      for (const { src, srcset } of imgs) {
        const { '1x': one, '2x': two } = candidates(srcset!)
        expect(one).toBe(src)
        expect(await facts(built, one!)).toMatchObject(ONCE)
        expect(await facts(built, two!)).toMatchObject(TWICE)
      }
    })

    test('widths become w descriptors, of exact files, beside the sizes that stand there', async () => {
      const project = await createProject({
        'index.html': `<img src="./a.jpg?hd&as=img&w=10;40" sizes="50vw"><img srcset="./a.jpg?hd&w=10 10w, ./a.jpg?hd&w=40 40w" sizes="50vw">`,
      })
      const built = await bundler.build(project, project.options(), { entry: 'index.html', config: { base: '/' } })
      const imgs = elements(await output(project, /index\.html$/), 'img')
      expect(imgs[0]).toMatchObject({ sizes: '50vw', width: '24', height: '16' })
      for (const { srcset } of imgs) {
        const { '10w': small, '40w': large } = candidates(srcset!)
        expect(await facts(built, small!)).toMatchObject({ width: 10, height: 7 })
        expect(await facts(built, large!)).toMatchObject({ width: 40, height: 27 })
      }
      expect(built.images).toHaveLength(2)
    })

    test('as=picture wraps the <img>, and as=srcset fills a srcset', async () => {
      const project = await createProject({
        'public/p.jpg': await jpeg(9),
        'index.html': `
          <p><img src="./a.jpg?hd&as=picture&format=avif;webp" alt=""></p>
          <picture><source srcset="./a.jpg?hd&as=srcset&format=webp" type="image/webp"><img srcset="/p.jpg?hd&as=srcset"></picture>`,
      })
      const built = await bundler.build(project, project.options(), { entry: 'index.html', config: { base: '/' } })
      const html = await output(project, /index\.html$/)
      const sources = elements(html, 'source')
      expect(elements(html, 'picture')).toHaveLength(2)
      expect(sources.map(({ type }) => type)).toEqual(['image/avif', 'image/webp', 'image/webp'])
      const [img, filled] = elements(html, 'img')
      for (const { srcset } of [...sources, img!, filled!]) {
        const { '1x': one, '2x': two } = candidates(srcset!)
        expect(await facts(built, one!)).toMatchObject(ONCE)
        expect(await facts(built, two!)).toMatchObject(TWICE)
      }
      // Public files stay in place.
      expect(candidates(filled!['srcset']!)['1x']).toBe('/p.jpg')
    })

    test('<style>, style="" and modules in the page use the 2x', async () => {
      const project = await createProject({
        'b.png': await png(1),
        'sub/index.html': `
          <style>.a { background: url(../a.jpg?hd) } .b { background: url(../a.jpg?hd&as=srcset) }</style>
          <p style="background: url('../b.png?hd')"></p><p style="background:url(../b.png?hd&as=srcset)"></p>
          <script type="module">document.title = new URL('../b.png?hd', import.meta.url)</script>`,
      })
      const built = await bundler.build(project, project.options(), { entry: 'sub/index.html', config: { base: '/' } })
      const html = await output(project, /index\.html$/)
      const [a, one, two] = urlsIn(/<style>[^]*<\/style>/.exec(html)![0])
      const [plain, set] = elements(html, 'p').map(({ style }) => urlsIn(style!))
      await expectTwice(built, [a!, two!, plain![0]!, set![1]!])
      expect(await facts(built, one!)).toMatchObject(ONCE)
      expect(await facts(built, set![0]!)).toMatchObject(ONCE)
      const [script] = elements(html, 'script')
      const code = (await project.read(`dist${script!['src']}`)).toString()
      await expectTwice(built, [/new URL\("(\/assets\/[^"]+)"/.exec(code)![1]!])
      expect(built.warnings).toEqual([])
    })

    test.each(['/sub/', './', 'https://cdn.example.com/x/'])('base %s stands before the URL', async (base) => {
      const project = await createProject({ 'deep/index.html': `<img src="../a.jpg?hd&as=img">` })
      const built = await bundler.build(project, project.options(), { entry: 'deep/index.html', config: { base } })
      const [img] = elements(await output(project, /index\.html$/), 'img')
      const prefix = base === './' ? '../' : base
      const { '1x': one, '2x': two } = candidates(img!['srcset']!)
      expect(one).toBe(img!['src'])
      expect(one!.startsWith(`${prefix}assets/a-`)).toBe(true)
      expect(await facts(built, two!.slice(prefix.length))).toMatchObject(TWICE)
    })

    const faults = [
      [
        'jsx',
        `<!doctype html>\n<img src="./a.jpg?hd&as=img&jsx">`,
        /index\.html:2: .*'jsx' makes no sense in <img src>.*\(HD_QUERY\)/,
      ],
      [
        'placeholder',
        `<!doctype html>\n<img src="./a.jpg?hd&as=img&placeholder">`,
        /index\.html:2: .*'placeholder' makes no sense in <img src>.*\(HD_QUERY\)/,
      ],
      ['a width beyond the 2x', `<img src="./a.jpg?hd&as=img&w=49">`, /index\.html:1: .*'w' is 49.*'w=48'.*\(HD_QUERY\)/],
      [
        'as=meta',
        `<!doctype html>\n<img src="./a.jpg?hd&as=meta">`,
        /index\.html:2: .*'as=meta' makes no sense in <img src>.*\(HD_QUERY\)/,
      ],
      ['as=img with a srcset', `<img srcset="x.jpg 2x" src="./a.jpg?hd&as=img">`, /index\.html:1: .*srcset.*\(HD_QUERY\)/],
      ['as=srcset with a descriptor', `<img srcset="./a.jpg?hd&as=srcset 300w">`, /index\.html:1: .*300w.*\(HD_QUERY\)/],
      [
        'as=picture in a <picture>',
        `<picture><img src="./a.jpg?hd&as=picture&format=webp"></picture>`,
        /<picture>.*\(HD_QUERY\)/,
      ],
      [
        'as=meta in a script',
        `<p>\n</p>\n<script type="module">\nconsole.log(new URL('./a.jpg?hd&as=meta', import.meta.url))</script>`,
        /index\.html:4: .*'as=meta' makes no sense in new URL\(\).*\(HD_QUERY\)/,
      ],
      ['as=img in a poster', `<video poster="./a.jpg?hd&as=img"></video>`, /<video poster>.*\(HD_QUERY\)/],
    ] as const
    test.each(faults)('%s is an error with file and line', async (_, html, message) => {
      const project = await createProject({ 'index.html': html })
      await expect(bundler.build(project, project.options(), { entry: 'index.html' })).rejects.toThrow(message)
    })
  })

  describe(`${bundler.name}: ?hd in scripts`, () => {
    test('new URL() uses the 2x: relative, by alias, package, public path, in TypeScript and with a template', async () => {
      const project = await createProject({
        'deep/b.png': await png(1),
        'public/p.png': await png(3),
        'node_modules/pics/package.json': '{ "name": "pics" }',
        'node_modules/pics/e.jpg': await jpeg(40),
        'deep/typed.ts':
          `const x: string = 'y'; export const typed = new URL('b.png?hd', import.meta.url), plain = new URL(\`./b.png?hd\`, import.meta.url,)`.replace(
            ' as const',
            '',
          ),
        'main.js': `
          export { typed, plain } from './deep/typed.ts'
          // new URL('./gone.jpg?hd', import.meta.url)
          export const a = new URL('./a.jpg?hd&format=webp', import.meta.url).href
          export const alias = new URL("@deep/b.png?hd", import.meta.url).href
          export const pkg = new URL('pics/e.jpg?hd', import.meta.url)
          export const pub = new URL('/p.png?hd', import.meta.url)
          export const name = (which) => new URL(\`./deep/\${which}.png?hd\`, import.meta.url).href`,
      })
      const built = await bundler.build(project, project.options(), { alias: { '@deep': `${project.root}/deep` } })
      const { typed, plain, a, alias, pkg, pub, name } = await built.run()
      for (const url of [typed, plain, a, alias, pkg, pub, name('b')]) {
        expect(await facts(built, String(url)), String(url)).toMatchObject(TWICE)
      }
      expect(built.warnings).toEqual([])
    })

    test('new URL() works in the script of a component, but not in its text or with @vite-ignore', async () => {
      const project = await createProject({
        'b.png': await png(1),
        'a.vue': `<p>Don't use \`</p>\n<script>\nexport const a = new URL('./b.png?hd', import.meta.url)</script> new URL('./gone.png?hd', import.meta.url)`,
        'main.js': `
          export { a } from './a.vue'
          export const text = "new URL('./a.jpg?hd', import.meta.url)"
          export const left = new URL(/* @vite-ignore */ './a.jpg?hd', import.meta.url).href`,
      })
      const components = {
        name: 'components',
        transform: (code: string, id: string) => (id.endsWith('.vue') ? /<script>([^]*)<\/script>/.exec(code)![1]! : null),
      }
      const built = await bundler.build(project, project.options(), {
        config: { plugins: [hd(project.options()), components] },
      })
      const { a, text, left } = await built.run()
      expect(await facts(built, String(a))).toMatchObject(TWICE)
      expect(text).toBe("new URL('./a.jpg?hd', import.meta.url)")
      expect(left).toMatch(/\/a\.jpg\?hd$/)
      expect(built.warnings).toEqual([expect.stringMatching(/'\.\/a\.jpg\?hd' in main\.js:3 or main\.js:4 /)])
    })

    test('import.meta.glob and dynamic imports use the 2x', async () => {
      const project = await createProject({
        'pics/b.png': await png(1),
        'pics/c.png': await png(2),
        'main.js': `
          export const eager = import.meta.glob('./pics/*.png', { query: '?hd', eager: true, import: 'default' })
          export const lazy = import.meta.glob('./pics/*.png', { query: '?hd&as=img', import: 'default' })
          export const later = (name) => import(\`./pics/\${name}.png?hd\`)`,
      })
      const built = await bundler.build(project, project.options(), { config: { build: { modulePreload: false } } })
      const { eager, lazy, later } = await built.run()
      await expect(lazy['./pics/c.png']()).resolves.toMatchObject(ONCE)
      for (const url of [...Object.values(eager), (await later('b')).default])
        expect(await facts(built, url as string)).toMatchObject(TWICE)
    })

    test.each(['iife', 'es'] as const)('a worker of format %s imports the 2x', async (format) => {
      const project = await createProject({
        'worker.js': `import a from './a.jpg?hd'\nself.postMessage(a)`,
        'main.js': `export const start = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })`,
      })
      const upscaler = doubling()
      const own = { name: 'own', transform: (code: string) => code.replace('postMessage', 'postMessage?.') }
      const built = await bundler.build(project, project.options({ upscaler }), {
        config: { base: '/', worker: { format, plugins: () => [own] } },
      })
      const code = await output(project, /worker-[^/]+\.js$/)
      const [url] = /\/assets\/a@2x-[\w-]+\.jpg/.exec(code)!
      expect(code).toContain('postMessage?.')
      expect(await facts(built, url!)).toMatchObject(TWICE)
      expect(upscaler.calls).toBe(1)
      expect(built.images).toHaveLength(1)
      expect(built.warnings).toEqual([])
    })

    test('a shape in new URL() is an error with file and line, also in a template', async () => {
      for (const specifier of [`'./a.jpg?hd&as=img'`, '`./${name}.jpg?hd&as=img`']) {
        const project = await createProject({
          'main.js': `const name = 'a'\nexport const a = new URL(${specifier}, import.meta.url)`,
        })
        await expect(bundler.build(project, project.options())).rejects.toThrow(/main\.js:2: .*new URL\(\).*\(HD_QUERY\)/)
      }
    })
  })

  describe(`${bundler.name}: Vite's handling of assets`, () => {
    const FILES = {
      'main.js': `import './style.css'\nexport { default as url } from './a.jpg?hd'`,
      'style.css': `.a { background: url(./a.jpg?hd) } .b { background: url(./b.png?hd&as=srcset) }`,
    }

    test('renderBuiltUrl decides, and assetFileNames names', async () => {
      const project = await createProject({
        ...FILES,
        'b.png': await png(1),
        'index.html': `<img src="./b.png?hd"><script type="module" src="main.js"></script>`,
      })
      const rollupOptions = { output: { assetFileNames: 'pics/[name].[hash:8][extname]' } }
      const experimental = { renderBuiltUrl: (file: string) => `https://elsewhere.example/${file}?v=1` }
      await bundler.build(project, project.options(), { entry: 'index.html', config: { experimental, build: { rollupOptions } } })
      const urls = urlsIn(await output(project, /\.css$/))
      const [img] = elements(await output(project, /index\.html$/), 'img')
      for (const url of [...urls, img!['src']!])
        expect(url).toMatch(/^https:\/\/elsewhere\.example\/pics\/[ab](?:@2x)?\.[\w-]{8}\.(?:jpg|png)\?v=1$/)
      expect(urls).toHaveLength(3)
    })

    test('the manifest names a 2x by its path in the project', async () => {
      const project = await createProject({ ...FILES, 'b.png': await png(1) })
      const options = project.options({
        cache: { dir: path.join(project.root, '..', path.basename(project.root), 'deep/cache') },
      })
      await bundler.build(project, options, { config: { build: { manifest: true } } })
      const manifest = JSON.parse((await project.read('dist/.vite/manifest.json')).toString()) as Record<
        string,
        { file: string; src: string }
      >
      expect(Object.keys(manifest).toSorted()).toEqual(expect.arrayContaining(['a.jpg?hd', 'b.png', 'b.png?hd', 'main.js']))
      expect(manifest['a.jpg?hd']).toMatchObject({ src: 'a.jpg?hd', file: expect.stringMatching(/^assets\/a@2x-/) })
      expect(JSON.stringify(manifest)).not.toContain('cache')
    })

    test('the images of a library are inlined', async () => {
      const project = await createProject({ ...FILES, 'b.png': await png(1) })
      const lib = { entry: path.join(project.root, 'main.js'), formats: ['es' as const], fileName: 'main', cssFileName: 'style' }
      const built = await bundler.build(project, project.options(), { config: { build: { lib } } })
      expect(built.images).toEqual([])
      const urls = urlsIn(await output(project, /\.css$/))
      expect(urls).toHaveLength(3)
      for (const url of [...urls, (await built.run())['url']]) expect(url).toMatch(/^data:image\/(?:jpeg|png);base64,/)
    })

    test('a changed image is rebuilt in watch mode, in every place', async () => {
      const project = await createProject({
        'b.png': await png(1),
        'c.png': await png(2),
        'style.css': `.a { background: url(./a.jpg?hd) }`,
        'main.js': `import './style.css'\nconsole.log(new URL('./b.png?hd', import.meta.url))`,
        'index.html': `<img src="./c.png?hd"><script type="module" src="./main.js"></script>`,
      })
      const watcher = await bundler.watch(project, project.options(), { entry: 'index.html' })
      onTestFinished(() => watcher.close())
      let last = await watcher.until((built) => {
        expect(Object.keys(hashes(built))).toEqual(['a', 'b', 'c'])
        return hashes(built)
      })
      for (const [name, content] of [
        ['a.jpg', await jpeg(70)],
        ['b.png', await png(71)],
        ['c.png', await png(72)],
      ] as const) {
        await project.write(name, content)
        const before = last[name[0]!]
        last = await watcher.until(
          (built) => {
            expect(hashes(built)[name[0]!]).not.toBe(before)
            return hashes(built)
          },
          () => project.touch(name),
        )
      }
    })
  })

  describe(`${bundler.name}: client and server`, () => {
    const FILES = {
      'main.js': `
        import './style.css'
        export { default as url } from './a.jpg?hd'
        export { default as img } from './a.jpg?hd&as=img'`,
      'style.css': `.a { background: url(./a.jpg?hd) }`,
    }

    test('cold and warm builds in two folders have the same names and URLs', async () => {
      const base = '/'
      const seen: unknown[] = []
      for (const folder of ['one', 'another']) {
        const project = await createProject({ [`${folder}.txt`]: '', ...FILES })
        for (let run = 0; run < 2; run++) {
          const client = await bundler.build(project, project.options(), { config: { base } })
          const values = await client.run()
          const ssr = { base, build: { ssr: true, outDir: `server${run}` } }
          await bundler.build(project, project.options(), { config: ssr })
          const server = (await project.read(`server${run}/main.js`)).toString()
          expect(server).toContain(values['url'])
          expect(server).toContain(values['img'].src)
          seen.push([values['url'], values['img'], client.images, urlsIn(await output(project, /\.css$/))])
          expect(await listFiles(path.join(project.root, `server${run}`))).toEqual(['main.js'])
        }
      }
      for (const other of seen) expect(other).toEqual(seen[0])
    })

    test('the environments of one builder agree, and the image is made once', async () => {
      const project = await createProject(FILES)
      const upscaler = doubling()
      const { createBuilder } = (await bundler.vite()) as unknown as typeof import('vite')
      const config = bundler.config(project, project.options({ upscaler }), { config: { base: '/' } })
      const environments = {
        client: { build: { outDir: 'dist/client', rollupOptions: config.build!.rollupOptions! } },
        ssr: { build: { outDir: 'dist/server', ssr: true, rollupOptions: config.build!.rollupOptions! } },
      }
      const builder = await createBuilder({ ...config, environments, builder: {} })
      for (const environment of Object.values(builder.environments)) await builder.build(environment)
      const [client, server] = await Promise.all(
        ['client', 'server'].map((name) => readFile(path.join(project.dist, name, 'main.js'), 'utf8')),
      )
      const url = /\/assets\/a@2x-[\w-]+\.jpg/
      expect(url.exec(client!)![0]).toBe(url.exec(server!)![0])
      expect(upscaler.calls).toBe(1)
      const images = (await listFiles(project.dist)).filter((name) => name.endsWith('.jpg'))
      expect(images).toHaveLength(2)
      for (const name of images) expect(name).toMatch(/^client\//)
    })
  })
}

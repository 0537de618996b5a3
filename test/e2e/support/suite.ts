import { expect, describe, test } from 'vitest'
import sharp from 'sharp'
import { facts, type Bundler } from './bundler.ts'
import { animatedGif, HEIGHT, jpeg, png, SVG, transparentPng, WIDTH } from './images.ts'
import { createProject } from './project.ts'
import { doubling, failing } from './upscaler.ts'

const TWICE = { width: 2 * WIDTH, height: 2 * HEIGHT }
const ONCE = { width: WIDTH, height: HEIGHT }

/** The tests for every bundler. */
export function describeBundler(bundler: Bundler): void {
  describe('imports', () => {
    test('a static and a dynamic import give the URL of an image of exactly twice the size', async () => {
      const project = await createProject({
        'b.png': await png(),
        'main.js': `import a from './a.jpg?hd'\nexport { a }\nexport const b = import('./b.png?hd').then((m) => m.default)`,
      })
      const built = await bundler.build(project, project.options())
      const { a, b } = await built.run()
      expect(await facts(built, a)).toEqual({ ...TWICE, format: 'jpeg' })
      expect(await facts(built, await b)).toEqual({ ...TWICE, format: 'png' })
      expect(built.images).toHaveLength(2)
      expect(built.warnings).toEqual([])
    })

    test('an alias and an image of a package are resolved as every import is', async () => {
      const project = await createProject({
        'images/b.png': await png(),
        'node_modules/pics/package.json': '{ "name": "pics" }',
        'node_modules/pics/c.jpg': await jpeg(40),
        'main.js': `export { default as b } from '@images/b.png?hd'\nexport { default as c } from 'pics/c.jpg?hd'`,
      })
      const built = await bundler.build(project, project.options(), { alias: { '@images': `${project.root}/images` } })
      const { b, c } = await built.run()
      expect(await facts(built, b)).toEqual({ ...TWICE, format: 'png' })
      expect(await facts(built, c)).toEqual({ ...TWICE, format: 'jpeg' })
    })

    test('an image whose name has spaces, dots and non-ASCII letters is emitted, and its URL is correct', async () => {
      const project = await createProject({
        'my photo.v2 (ü).jpg': await jpeg(),
        'main.js': `export { default as url } from './my photo.v2 (ü).jpg?hd'`,
      })
      const built = await bundler.build(project, project.options())
      const { url } = await built.run()
      expect(await facts(built, url)).toEqual({ ...TWICE, format: 'jpeg' })
    })

    test('one image imported by several modules is upscaled and emitted once', async () => {
      const project = await createProject({
        'other.js': `export { default } from './a.jpg?hd'`,
        'main.js': `import a from './a.jpg?hd'\nimport b from './other.js'\nexport const urls = [a, b]`,
      })
      const upscaler = doubling()
      const built = await bundler.build(project, project.options({ upscaler }))
      const { urls } = await built.run()
      expect(urls[0]).toBe(urls[1])
      expect(built.images).toHaveLength(1)
      expect(upscaler.calls).toBe(1)
    })

    test('a factor of 3 and of 4 is exact, alone and in sets with every factor below it', async () => {
      const project = await createProject({
        'cut-out.png': await transparentPng(),
        'main.js': `
          export { default as three } from './a.jpg?hd=3'
          export { default as four } from './cut-out.png?hd=4'
          export { default as set } from './a.jpg?hd=3&as=srcset'
          export { default as img } from './cut-out.png?hd=4&as=img'`,
      })
      const built = await bundler.build(project, project.options())
      const { three, four, set, img } = await built.run()
      expect(await facts(built, three)).toEqual({ width: 3 * WIDTH, height: 3 * HEIGHT, format: 'jpeg' })
      expect(await facts(built, four)).toEqual({ width: 4 * WIDTH, height: 4 * HEIGHT, format: 'png' })
      for (const [srcset, factors] of [
        [set, [1, 2, 3]],
        [img.srcset, [1, 2, 3, 4]],
      ] as const) {
        const entries = parseSrcset(srcset)
        expect(entries.map(({ descriptor }) => descriptor)).toEqual(factors.map((factor) => `${factor}x`))
        for (const [index, { url }] of entries.entries()) {
          const factor = factors[index]!
          expect(await facts(built, url)).toMatchObject({ width: factor * WIDTH, height: factor * HEIGHT })
        }
      }
      expect(img).toMatchObject({ width: WIDTH, height: HEIGHT })
      expect(parseSrcset(set).at(-1)!.url).toBe(three)
      expect(built.warnings).toEqual([])
    })

    test('the default upscaler needs no configuration', async () => {
      const project = await createProject({ 'main.js': `export { default as url } from './a.jpg?hd'` })
      const built = await bundler.build(project, { cache: project.options().cache! })
      const { url } = await built.run()
      expect(await facts(built, url)).toEqual({ ...TWICE, format: 'jpeg' })
    })
  })

  describe('shapes', () => {
    test('as=srcset has the source at 1x and the 2x image', async () => {
      const project = await createProject({ 'main.js': `export { default as srcset } from './a.jpg?hd&as=srcset'` })
      const built = await bundler.build(project, project.options())
      const { srcset } = await built.run()
      const [one, two] = parseSrcset(srcset)
      expect(one!.descriptor).toBe('1x')
      expect(two!.descriptor).toBe('2x')
      expect(await project.read(relative(project.root, built.file(one!.url)))).toEqual(await project.read('a.jpg'))
      expect(await facts(built, two!.url)).toEqual({ ...TWICE, format: 'jpeg' })
      expect(built.images).toHaveLength(2)
    })

    test("as=img&jsx uses React's names", async () => {
      const project = await createProject({ 'main.js': `export { default as img } from './a.jpg?hd&as=img&jsx'` })
      const { img } = await (await bundler.build(project, project.options())).run()
      expect(Object.keys(img)).toEqual(['src', 'srcSet', 'width', 'height'])
      expect(img.srcSet).toMatch(/ 1x, .* 2x$/)
    })

    test('as=img has the attributes of an <img> with the size in CSS pixels', async () => {
      const project = await createProject({ 'main.js': `export { default as img } from './a.jpg?hd&as=img&format=webp'` })
      const built = await bundler.build(project, project.options())
      const { img } = await built.run()
      expect(img).toEqual({ src: expect.any(String), srcset: expect.any(String), ...ONCE })
      const [one, two] = parseSrcset(img.srcset)
      expect(one!.url).toBe(img.src)
      expect(await facts(built, one!.url)).toEqual({ ...ONCE, format: 'webp' })
      expect(await facts(built, two!.url)).toEqual({ ...TWICE, format: 'webp' })
    })

    test("as=picture has a source for each format, in the given order, and an <img> in the source's format", async () => {
      const project = await createProject({
        'main.js': `export { default as picture } from './a.jpg?hd&as=picture&format=avif;webp'`,
      })
      const built = await bundler.build(project, project.options())
      const { picture: image } = await built.run()
      expect(Object.keys(image)).toEqual(['sources', 'img'])
      expect(image.sources.map(({ type }: { type: string }) => type)).toEqual(['image/avif', 'image/webp'])
      const formats: string[] = []
      for (const { srcset } of [...image.sources, image.img]) {
        const [one, two] = parseSrcset(srcset)
        expect(await facts(built, one!.url)).toMatchObject(ONCE)
        expect(await facts(built, two!.url)).toMatchObject(TWICE)
        formats.push((await facts(built, two!.url)).format)
      }
      expect(formats).toEqual(['heif', 'webp', 'jpeg'])
      expect(image.img).toMatchObject(ONCE)
      expect(built.images).toHaveLength(6)
    })

    test('widths are exact files with w descriptors, each of them once', async () => {
      const project = await createProject({
        'main.js': [
          `export { default as img } from './a.jpg?hd&as=img&w=${2 * WIDTH};10;${WIDTH}'`,
          `export { default as picture } from './a.jpg?hd&as=picture&format=webp&w=10;${2 * WIDTH}'`,
          `export { default as url } from './a.jpg?hd&w=10'`,
        ].join('\n'),
      })
      const built = await bundler.build(project, project.options())
      const { img, picture, url } = await built.run()
      expect(img).toMatchObject(ONCE)
      const sets = [img.srcset, picture.sources[0].srcset, picture.img.srcset] as string[]
      expect(sets.map((set) => parseSrcset(set).map(({ descriptor }) => descriptor))).toEqual([
        ['10w', `${WIDTH}w`, `${2 * WIDTH}w`],
        ['10w', `${2 * WIDTH}w`],
        ['10w', `${2 * WIDTH}w`],
      ])
      for (const { url: each, descriptor } of sets.flatMap(parseSrcset))
        expect((await facts(built, each)).width).toBe(Number.parseInt(descriptor, 10))
      expect(img.src).toBe(parseSrcset(img.srcset)[1]!.url)
      expect(await facts(built, url)).toEqual({ width: 10, height: 7, format: 'jpeg' })
      expect(built.images).toHaveLength(5)
    })

    test('a width beyond the 2x fails the build with the most that is possible', async () => {
      const project = await createProject({ 'main.js': `export { default } from './a.jpg?hd&as=img&w=${2 * WIDTH + 1}'` })
      await expect(bundler.build(project, project.options())).rejects.toThrow(
        new RegExp(`main\\.js:1.*'w' is ${2 * WIDTH + 1}.*'w=${2 * WIDTH}'`),
      )
    })

    test('as=asset is a URL where nothing makes more of an image, and keys that no tool takes are refused', async () => {
      const project = await createProject({ 'main.js': `export { default as asset } from './a.jpg?hd&as=asset'` })
      const built = await bundler.build(project, project.options())
      expect(await facts(built, (await built.run())['asset'])).toEqual({ ...TWICE, format: 'jpeg' })
      await project.write('main.js', `export { default } from './a.jpg?hd&as=asset&blur=3'`)
      await expect(bundler.build(project, project.options())).rejects.toThrow(/main\.js:1.*'blur=3'.*\(HD_QUERY\)/)
    })

    test('placeholder is a data URL beside the others', async () => {
      const project = await createProject({ 'main.js': `export { default as img } from './a.jpg?hd&as=img&placeholder'` })
      const { img } = await (await bundler.build(project, project.options())).run()
      expect(Object.keys(img)).toEqual(['src', 'srcset', 'width', 'height', 'placeholder'])
      const tiny = Buffer.from(img.placeholder.replace('data:image/webp;base64,', ''), 'base64')
      expect(await sharp(tiny).metadata()).toMatchObject({ format: 'webp', width: 20 })
    })

    test('as=meta has the facts of both images', async () => {
      const project = await createProject({ 'main.js': `export { default as meta } from './a.jpg?hd&as=meta'` })
      const built = await bundler.build(project, project.options())
      const { meta } = await built.run()
      const bytes = await project.read(relative(project.root, built.file(meta.src)))
      expect(meta).toEqual({
        src: expect.any(String),
        ...TWICE,
        format: 'jpeg',
        bytes: bytes.length,
        upscaler: 'doubling',
        source: { src: expect.any(String), ...ONCE },
      })
      expect(await facts(built, meta.source.src)).toEqual({ ...ONCE, format: 'jpeg' })
    })

    test('shapes work in a dynamic import too', async () => {
      const project = await createProject({ 'main.js': `export const img = import('./a.jpg?hd&as=img').then((m) => m.default)` })
      const built = await bundler.build(project, project.options())
      expect(await (await built.run())['img']).toMatchObject(ONCE)
    })
  })

  describe('queries', () => {
    test('the order of keys does not matter: one asset, one URL', async () => {
      const project = await createProject({
        'main.js': `
          export { default as a } from './a.jpg?hd&format=webp&quality=80'
          export { default as b } from './a.jpg?format=webp&quality=80&hd'
          export { default as c } from './a.jpg?quality=80&hd&format=webp'`,
      })
      const built = await bundler.build(project, project.options())
      const { a, b, c } = await built.run()
      expect(await facts(built, a)).toEqual({ ...TWICE, format: 'webp' })
      expect(a).toMatch(/\.webp$/)
      expect([b, c]).toEqual([a, a])
      expect(built.images).toHaveLength(1)
    })

    test('another quality is another file', async () => {
      const project = await createProject({
        'main.js': `export { default as a } from './a.jpg?hd&quality=30'\nexport { default as b } from './a.jpg?hd&quality=95'`,
      })
      const built = await bundler.build(project, project.options())
      const { a, b } = await built.run()
      expect(a).not.toBe(b)
      expect(built.images).toHaveLength(2)
    })

    test('&inline returns a data URL without a file', async () => {
      const project = await createProject({
        'main.js': `export { default as a } from './a.jpg?hd&inline'\nexport { default as b } from './a.jpg?hd&as=img&inline'`,
      })
      const built = await bundler.build(project, project.options())
      const { a, b } = await built.run()
      expect(a).toMatch(/^data:image\/jpeg;base64,\/9j\//)
      expect(b.srcset).toMatch(/^data:image\/jpeg;base64,\S+ 1x, data:image\/jpeg;base64,\S+ 2x$/)
      expect(built.images).toEqual([])
    })

    test('the extension matches the format of the option', async () => {
      const project = await createProject({ 'main.js': `export { default as url } from './a.jpg?hd'` })
      const built = await bundler.build(project, project.options({ format: 'webp' }))
      const { url } = await built.run()
      expect(url).toMatch(/\.webp$/)
      expect(await facts(built, url)).toEqual({ ...TWICE, format: 'webp' })
    })
  })

  describe('errors', () => {
    const failures = [
      ['a file that does not exist', './gone.jpg?hd', /gone\.jpg/],
      ['a query with an unknown value', './a.jpg?hd&as=foo', /foo.*\(HD_QUERY\)/],
      ['a query with an unknown key', './a.jpg?hd&size=3', /unknown key 'size'.*\(HD_QUERY\)/],
      ['an animated GIF', './anim.gif?hd', /\(HD_SOURCE_ANIMATED\)/],
      ['an animated GIF as a shape', './anim.gif?hd&as=img', /\(HD_SOURCE_ANIMATED\)/],
      ['an SVG', './logo.svg?hd', /SVG.*\(HD_SOURCE_FORMAT\)/],
      ['a text file', './text.jpg?hd', /\(HD_SOURCE_FORMAT\)/],
    ] as const
    for (const [what, specifier, message] of failures) {
      test(`${what} fails the build with one message that names the importer and its line`, async () => {
        const project = await createProject({
          'anim.gif': await animatedGif(),
          'logo.svg': SVG,
          'text.jpg': 'not an image at all',
          'main.js': `// ${specifier}\nexport const other = 1\nexport { default } from '${specifier}'\n`,
        })
        const error = await bundler.build(project, project.options()).then(
          () => undefined,
          (reason: unknown) => reason as Error,
        )
        expect(error?.message).toMatch(message)
        // For a missing file the bundler's own message is best.
        const isOurs = !specifier.includes('gone')
        // One error, one report.
        expect(error!.message.match(/\(HD_[A-Z_]+\)/g) ?? []).toHaveLength(isOurs ? 1 : 0)
        if (isOurs) expect(error!.message).toContain(`main.js:3: '${specifier}': `)
      })
    }

    for (const [written, instead] of [
      ['./a.jpg?HD', './a.jpg?hd'],
      ['./a.jpg?hd?as=img', './a.jpg?hd&as=img'],
    ] as const) {
      test(`${written} is not ignored: the message says what to write`, async () => {
        const project = await createProject({ 'main.js': `export const other = 1\nexport { default } from '${written}'\n` })
        const outcome = await bundler.build(project, project.options()).then(
          () => '',
          (error: Error) => error.message,
        )
        expect(outcome).toContain(`Write '${instead}'`)
        expect(outcome).toMatch(/main\.js:2: .*\(HD_QUERY\)/)
      })
    }

    test('the warning for an excluded image names the options, not an import', async () => {
      const project = await createProject({ 'main.js': `export { default as a } from './a.jpg?hd'` })
      const outcome = await bundler.build(project, project.options({ exclude: /a\.jpg$/ })).then(
        ({ warnings }) => warnings.join('\n'),
        (error: Error) => error.message,
      )
      expect(outcome).not.toContain('Import it in JavaScript')
    })

    test('a wrong option fails the build with a message that names it', async () => {
      const project = await createProject({ 'main.js': `export { default } from './a.jpg?hd'` })
      const build = async (): Promise<unknown> => bundler.build(project, project.options({ quality: 101 }))
      await expect(build()).rejects.toThrow(/quality.*\(HD_OPTION\)/)
    })

    test('a failing upscaler fails the build', async () => {
      const project = await createProject({ 'main.js': `export { default } from './a.jpg?hd'` })
      const building = bundler.build(project, project.options({ upscaler: failing() }))
      await expect(building).rejects.toThrow(/main\.js:1: '\.\/a\.jpg\?hd': .*no luck today.*\(HD_UPSCALE_FAILED\)/)
    })
  })

  describe('options', () => {
    test(`onError: 'source' warns, and uses the source without a 2x descriptor`, async () => {
      const project = await createProject({
        'main.js': `export { default as srcset } from './a.jpg?hd&as=srcset'\nexport { default as url } from './a.jpg?hd'`,
      })
      const built = await bundler.build(project, project.options({ upscaler: failing(), onError: 'source' }))
      const { srcset, url } = await built.run()
      expect(srcset).toMatch(/^\S+ 1x$/)
      expect(await facts(built, url)).toEqual({ ...ONCE, format: 'jpeg' })
      expect(built.warnings.length).toBeGreaterThan(0)
      for (const warning of built.warnings) expect(warning).toMatch(/a\.jpg: .*no luck today/)
    })

    test(`mode: 'off' uses the source, in shapes of the same type`, async () => {
      const project = await createProject({
        'main.js': `
          export { default as url } from './a.jpg?hd'
          export { default as webp } from './a.jpg?hd&format=webp'
          export { default as img } from './a.jpg?hd&as=img'
          export { default as picture } from './a.jpg?hd&as=picture&format=avif;webp'
          export { default as meta } from './a.jpg?hd&as=meta'`,
      })
      const upscaler = doubling()
      const built = await bundler.build(project, project.options({ upscaler, mode: 'off' }))
      const { url, webp, img, picture: image, meta } = await built.run()
      for (const one of [url, webp, img.src, image.img.src, meta.src, meta.source.src]) {
        expect(await project.read(relative(project.root, built.file(one)))).toEqual(await project.read('a.jpg'))
        expect(one).toMatch(/\.jpg$/)
      }
      expect(img).toEqual({ src: img.src, srcset: `${img.src} 1x`, ...ONCE })
      expect(image.sources).toEqual([])
      expect(meta).toMatchObject({ ...ONCE, upscaler: null })
      expect(upscaler.calls).toBe(0)
      expect(built.warnings).toEqual([])
    })

    test('stub: true gives imports the shapes and sizes of a build, and URLs that do not change with the image', async () => {
      const files = {
        'src/images/b.png': await png(),
        'main.js': `
          export { default as url } from './a.jpg?hd'
          export { default as three } from './a.jpg?hd=3&format=webp'
          export { default as asset } from './a.jpg?hd&as=asset'
          export { default as b } from './src/images/b.png?hd&as=srcset'
          export { default as img } from './a.jpg?hd&as=img&jsx&placeholder'
          export { default as widths } from './a.jpg?hd&as=img&w=10;${2 * WIDTH}'
          export { default as picture } from './a.jpg?hd&as=picture&format=avif'
          export { default as meta } from './a.jpg?hd&as=meta'
          export const lazy = import('./a.jpg?hd&quality=40').then((m) => m.default)`,
      }
      const project = await createProject(files)
      const upscaler = doubling()
      const built = await bundler.build(project, project.options({ upscaler, stub: true }))
      const values = { ...(await built.run()) }
      // The root of Rollup is the working directory.
      const folder = values['url'].slice(0, -'/a@2x.jpg'.length)
      const at = (name: string): string => `${folder}/${name}`
      expect(values).toEqual({
        url: at('a@2x.jpg'),
        three: at('a@3x.webp'),
        asset: at('a@2x.jpg'),
        b: `${at('src/images/b.png')} 1x, ${at('src/images/b@2x.png')} 2x`,
        img: {
          src: at('a.jpg'),
          srcSet: `${at('a.jpg')} 1x, ${at('a@2x.jpg')} 2x`,
          ...ONCE,
          placeholder: expect.stringMatching(/^data:image\/gif;base64,\S+$/),
        },
        widths: { src: at('a-10w.jpg'), srcset: `${at('a-10w.jpg')} 10w, ${at(`a-${2 * WIDTH}w.jpg`)} ${2 * WIDTH}w`, ...ONCE },
        picture: {
          sources: [{ type: 'image/avif', srcset: `${at('a.avif')} 1x, ${at('a@2x.avif')} 2x` }],
          img: { src: at('a.jpg'), srcset: `${at('a.jpg')} 1x, ${at('a@2x.jpg')} 2x`, ...ONCE },
        },
        meta: {
          src: at('a@2x.jpg'),
          ...TWICE,
          format: 'jpeg',
          bytes: 0,
          upscaler: 'doubling',
          source: { src: at('a.jpg'), ...ONCE },
        },
        lazy: values['lazy'],
      })
      expect(await values['lazy']).toBe(at('a@2x.jpg'))
      expect(upscaler.calls).toBe(0)
      expect(built.images).toEqual([])
      expect(built.warnings).toEqual([])
      await project.write('a.jpg', await jpeg(77))
      const again = await bundler.build(project, project.options({ upscaler, stub: true }))
      expect({ ...(await again.run()), lazy: values['lazy'] }).toEqual(values)
    })

    test(`mode: 'cache-only' fails without the cache, and builds the same with it`, async () => {
      const project = await createProject({ 'main.js': `export { default as url } from './a.jpg?hd'` })
      const cacheOnly = project.options({ mode: 'cache-only' })
      await expect(bundler.build(project, cacheOnly)).rejects.toThrow(/main\.js:1: '\.\/a\.jpg\?hd': .*\(HD_CACHE_MISS\)/)
      const first = await bundler.build(project, project.options())
      const bytes = await project.read(`dist/${first.images[0]}`)
      const second = await bundler.build(project, cacheOnly)
      expect(second.images).toEqual(first.images)
      expect(await project.read(`dist/${second.images[0]}`)).toEqual(bytes)
    })

    test(`mode: 'cache-only' names every missing image in one error, with its importer and the remedy`, async () => {
      const project = await createProject({
        'b.png': await png(),
        'c.jpg': await jpeg(50),
        'd.jpg': await jpeg(70),
        'other.js': `\nexport { default as c } from './c.jpg?hd'\nexport { default as again } from './a.jpg?hd&as=img&quality=50'`,
        'main.js': `
          export { default as a } from './a.jpg?hd'
          export { default as b } from './b.png?hd&as=img'
          export { default as d } from './d.jpg?hd'
          export * from './other.js'`,
      })
      const first = await createProject({ 'main.js': `export { default as d } from './d.jpg?hd'`, 'd.jpg': await jpeg(70) })
      await bundler.build(first, project.options())
      const error = await bundler.build(project, project.options({ mode: 'cache-only' })).then(
        () => undefined,
        (reason: unknown) => reason as Error,
      )
      const message = error!.message
      expect(message).toMatch(
        /3 images .*Leave the option 'mode' out, run the build once with UNPLUGIN_HD_MODE=on.*\(HD_CACHE_MISS\)/,
      )
      expect(message.match(/\(HD_CACHE_MISS\)/g)).toHaveLength(1)
      const places = [/main\.js:2: '\.\/a\.jpg\?hd'/, /main\.js:3: '\.\/b\.png\?hd&as=img'/, /other\.js:2: '\.\/c\.jpg\?hd'/]
      // The order of importers depends on the bundler.
      const again = /other\.js:3: '\.\/a\.jpg\?hd&as=img&quality=50'/
      expect(message).toMatch(new RegExp(`${places[0]!.source}|${again.source}`))
      for (const place of places.slice(1)) expect(message).toMatch(place)
      expect(message).not.toContain('d.jpg')
    })

    test('include applies to matching files, also behind an alias', async () => {
      const project = await createProject({
        'images/b.jpg': await jpeg(30),
        'main.js': `export { default as a } from './images/b.jpg?hd'\nexport { default as b } from '@images/b.jpg?hd&format=webp'`,
      })
      const options = project.options({ include: `${project.root}/images/*` })
      const built = await bundler.build(project, options, { alias: { '@images': `${project.root}/images` } })
      const { a, b } = await built.run()
      expect(await facts(built, a)).toEqual({ ...TWICE, format: 'jpeg' })
      expect(await facts(built, b)).toEqual({ ...TWICE, format: 'webp' })
      expect(built.warnings).toEqual([])
    })

    test('exclude overrides include, with any query', async () => {
      const project = await createProject({ 'main.js': `export { default as a } from './a.jpg?hd&unknown=1'` })
      const upscaler = doubling()
      const options = project.options({ upscaler, include: /\.jpg$/, exclude: /a\.jpg$/ })
      const outcome = await bundler.build(project, options).then(
        ({ warnings }) => warnings.join('\n'),
        (error: Error) => error.message,
      )
      expect(outcome).not.toMatch(/^$|HD_QUERY/)
      expect(upscaler.calls).toBe(0)
    })

    test('a second build uses the cached image', async () => {
      const project = await createProject({ 'main.js': `export { default as url } from './a.jpg?hd'` })
      const upscaler = doubling()
      const first = await bundler.build(project, project.options({ upscaler }))
      const second = await bundler.build(project, project.options({ upscaler }))
      expect(second.files).toEqual(first.files)
      expect(upscaler.calls).toBe(1)
    })

    test('two concurrent builds upscale once', async () => {
      const files = { 'main.js': `export { default as url } from './a.jpg?hd'` }
      const [one, two] = [await createProject(files), await createProject(files)]
      const upscaler = doubling()
      const options = one.options({ upscaler })
      const built = await Promise.all([bundler.build(one, options), bundler.build(two, options)])
      expect(built[0].images).toEqual(built[1].images)
      expect(upscaler.calls).toBe(1)
    })
  })

  describe('output', () => {
    for (const settings of [{ minify: true }, { sourcemap: true }, { development: true }]) {
      test(`a build with ${Object.keys(settings)} has no warnings`, async () => {
        const project = await createProject({
          'main.js': `
            // import old from './a.jpg?hd'
            import a from './a.jpg?hd'
            import b from './a.jpg?hd&as=picture&format=webp'
            /** As in \`import a from './a.jpg?hd'\`. */
            export const lazy = () => import('./a.jpg?hd&as=img')
            export default () => [a, b] // './a.jpg?hd'`,
        })
        const built = await bundler.build(project, project.options(), settings)
        expect(built.warnings).toEqual([])
        expect((await built.run())['default']()).toEqual([expect.any(String), expect.any(Object)])
      })
    }

    test('source maps still lead to the sources', async () => {
      const project = await createProject({
        'main.js': `import a from './a.jpg?hd'\nimport b from './a.jpg?hd&as=img'\n\nexport function marked() {\n  throw new Error(a + b.src)\n}\n`,
      })
      const built = await bundler.build(project, project.options(), { sourcemap: true })
      const map = JSON.parse((await project.read('dist/main.js.map')).toString()) as {
        sources: string[]
        sourcesContent: string[]
        mappings: string
      }
      const main = map.sources.findIndex((source) => source.endsWith('main.js'))
      expect(map.sourcesContent[main]).toContain('export function marked')
      expect(map.mappings).not.toBe('')
      for (const source of map.sources) expect(source).not.toContain(project.root)
      expect(built.warnings).toEqual([])
    })

    test('the output contains no paths of this machine', async () => {
      const project = await createProject({
        'main.js': `export { default as a } from './a.jpg?hd'\nexport { default as b } from './a.jpg?hd&as=img'`,
      })
      const built = await bundler.build(project, project.options())
      for (const file of built.files.filter((name) => name.endsWith('.js'))) {
        // Rolldown names modules in comments, relative to the working directory, whatever the plugin does.
        const code = (await project.read(`dist/${file}`)).toString().replaceAll(/^\s*\/\/.*$/gm, '')
        expect(decodeURIComponent(code.replaceAll(/%(?![\da-f]{2})/gi, '%25'))).not.toContain(project.root)
      }
    })
  })

  describe.skipIf(!bundler.watch)('watching', () => {
    test('a changed image is rebuilt, and the process exits after closing', async () => {
      const project = await createProject({
        'main.js': `export { default as url } from './a.jpg?hd'\nexport { default as img } from './a.jpg?hd&as=img'`,
      })
      const watcher = await bundler.watch!(project, project.options())
      try {
        const first = await watcher.until((built) => built.run())
        await project.write('a.jpg', await jpeg(60))
        const touch = (): Promise<void> => project.touch('a.jpg')
        const warnings = await watcher.until(async (built) => {
          const second = await built.run()
          expect(second['url']).not.toBe(first['url'])
          expect(second['img'].srcset).not.toBe(first['img'].srcset)
          expect(await facts(built, second['url'])).toEqual({ ...TWICE, format: 'jpeg' })
          return built.warnings
        }, touch)
        expect(warnings).toEqual([])
      } finally {
        await watcher.close()
      }
    })

    test('a failed build is repeated when the image is repaired', async () => {
      const project = await createProject({ 'a.jpg': 'broken', 'main.js': `export { default as url } from './a.jpg?hd'` })
      const watcher = await bundler.watch!(project, project.options())
      try {
        expect(await watcher.failure(/HD_SOURCE_FORMAT/)).toBeInstanceOf(Error)
        await project.write('a.jpg', await jpeg(60))
        const mended = await watcher.until(
          async (built) => facts(built, (await built.run())['url']),
          () => project.touch('a.jpg'),
        )
        expect(mended).toEqual({ ...TWICE, format: 'jpeg' })
      } finally {
        await watcher.close()
      }
    })
  })
}

function parseSrcset(srcset: string): { url: string; descriptor: string }[] {
  return srcset.split(', ').map((entry) => {
    const space = entry.lastIndexOf(' ')
    return { url: entry.slice(0, space), descriptor: entry.slice(space + 1) }
  })
}

function relative(root: string, file: string): string {
  return file.slice(root.length + 1)
}

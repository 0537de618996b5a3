import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import sharp from 'sharp'
import { bun, BUN, BUN_MISSING, buildBun } from './support/bun.ts'
import { facts } from './support/bundler.ts'
import { HEIGHT, noise, png, WIDTH } from './support/images.ts'
import { createProject } from './support/project.ts'
import { describeBundler } from './support/suite.ts'

const TWICE = { width: 2 * WIDTH, height: 2 * HEIGHT, format: 'jpeg' }

describe.skipIf(!BUN)(BUN ? 'bun' : BUN_MISSING, () => {
  describeBundler(bun)

  test('url() in CSS uses the 2x: inlined if it is small, as Bun does, otherwise as a file', async () => {
    const project = await createProject({
      'large.png': await noise(300, 200),
      'deep/part.css': `.d { background: url('../large.png?hd') }`,
      'main.css': `@import './deep/part.css';\n.a { background: url('./a.jpg?hd') } .b { background: image-set(url(./a.jpg?hd&format=webp) 1x) }`,
      'main.js': `import './main.css'`,
    })
    const built = await buildBun(project, project.options())
    const css = (await project.read('dist/main.css')).toString()
    const [inlined] = /data:image\/jpeg;base64,([^"]+)/.exec(css)!.slice(1)
    expect(await sharp(Buffer.from(inlined!, 'base64')).metadata()).toMatchObject(TWICE)
    expect(css).toContain('data:image/webp;base64,')
    const [emitted] = /large@2x-\w+\.png/.exec(css)!
    expect(await facts(built, emitted)).toEqual({ width: 600, height: 400, format: 'png' })
    expect(built.warnings).toEqual([])
  })

  test('a shape in url() becomes the URL of its 2x, with a warning', async () => {
    const project = await createProject({
      'main.css': `.a { background: url('./a.jpg?hd&as=img') }`,
      'main.js': `import './main.css'`,
    })
    const built = await buildBun(project, project.options())
    expect(built.warnings).toEqual([expect.stringMatching(/'\.\/a\.jpg\?hd&as=img' in main\.css: .*only a URL fits there/)])
  })

  test('<img src> of a page uses the 2x, and places that Bun ignores cause warnings', async () => {
    const project = await createProject({
      'index.html': `<!doctype html><img src="./a.jpg?hd"><p style="background: url(./a.jpg?hd)">`,
    })
    const built = await buildBun(project, project.options(), { entry: 'index.html' })
    const [image] = built.images
    expect(await facts(built, image!)).toEqual(TWICE)
    expect((await project.read('dist/index.html')).toString()).toContain(`src="./${image}"`)
    expect(built.warnings).toEqual([expect.stringMatching(/'\.\/a\.jpg\?hd' in index\.html.* was not processed/)])
  })

  test('a srcset, which Bun reads as one path, causes a warning with its line', async () => {
    const project = await createProject({ 'index.html': `<!doctype html>\n<img srcset="./a.jpg?hd 2x" src="./a.jpg">` })
    const built = await buildBun(project, project.options(), { entry: 'index.html' })
    expect(built.warnings).toEqual([
      expect.stringMatching(/'\.\/a\.jpg\?hd 2x' in index\.html:2 was not processed.*reads a 'srcset'/),
    ])
  })

  test('require returns the URL, inlined on request', async () => {
    const project = await createProject({
      'old.cjs': `module.exports = [require('./a.jpg?hd'), require('./a.jpg?hd&inline')]`,
      'main.js': `export { default as urls } from './old.cjs'`,
    })
    const built = await buildBun(project, project.options())
    const { urls } = await built.run()
    expect(await facts(built, urls[0])).toEqual(TWICE)
    expect(urls[1]).toMatch(/^data:image\/jpeg;base64,\/9j\//)
  })

  test('respects the naming of assets and the public path, and inlines 2x images if images are inlined', async () => {
    const project = await createProject({
      'b.png': await png(),
      'main.js': `export { default as a } from './a.jpg?hd'\nexport { default as b } from './b.png?hd'\nexport { default as c } from './b.png?hd&no-inline'`,
    })
    const config = { publicPath: '/x/', naming: { asset: 'images/[name].[hash].[ext]' }, loader: { '.png': 'dataurl' } }
    const built = await buildBun(project, project.options(), { config })
    const { a, b, c } = await built.run()
    expect(a).toMatch(/^\/x\/images\/a@2x\.\w+\.jpg$/)
    expect(b).toMatch(/^data:image\/png;base64,iVBOR/)
    expect(c).toMatch(/^\/x\/images\/b@2x\.\w+\.png$/)
    expect(built.images).toHaveLength(2)
  })

  test('a reference that is no import gives one warning, with its line', async () => {
    const project = await createProject({
      'main.js': `import a from './a.jpg?hd'\nexport default [a, new URL('./a.jpg?hd', import.meta.url).href]`,
    })
    const built = await buildBun(project, project.options())
    expect(built.warnings).toEqual([
      expect.stringMatching(/'\.\/a\.jpg\?hd' in main\.js:2 \(now in dist\/main\.js\) was not processed/),
    ])
  })

  test('with throw: false a cache-only miss is a failed result, and nothing is written', async () => {
    const project = await createProject({ 'main.js': `export { default } from './a.jpg?hd'` })
    const options = project.options({ mode: 'cache-only' })
    await expect(buildBun(project, options, { config: { throw: false } })).rejects.toThrow(/main\.js:1: .*\(HD_CACHE_MISS\)/)
    await expect(readFile(`${project.dist}/main.js`)).rejects.toThrow('ENOENT')
  })
})

import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { facts } from './support/bundler.ts'
import { runNode } from './support/child.ts'
import { esbuild } from './support/esbuild.ts'
import { HEIGHT, jpeg, WIDTH } from './support/images.ts'
import { createProject } from './support/project.ts'
import { doubling } from './support/upscaler.ts'
import { vite8 } from './support/vite.ts'
import { webpack } from './support/webpack.ts'

const SOURCE = { width: WIDTH, height: HEIGHT, format: 'jpeg' }

test('in Vitest, stubs have the sizes of the images; a snapshot survives a new image', async () => {
  const vitest = fileURLToPath(new URL('../vitest.mjs', import.meta.resolve('vitest')))
  const project = await createProject({
    'vitest.config.mjs': `
      import hd from ${JSON.stringify(import.meta.resolve('unplugin-hd/vite'))}
      export default { plugins: [hd({ stub: true })], test: { globals: true } }`,
    'src/hero.jpg': await jpeg(),
    'src/images.test.js': `
      import url from './hero.jpg?hd'
      import img from './hero.jpg?hd&as=img'
      import meta from './hero.jpg?hd&as=meta'
      test('images', () => {
        expect([url, img, meta]).toMatchSnapshot()
        expect(img).toMatchObject({ width: ${WIDTH}, height: ${HEIGHT} })
        expect(meta).toMatchObject({ width: ${2 * WIDTH}, source: { width: ${WIDTH} } })
      })`,
  })
  const run = (flags: readonly string[]): ReturnType<typeof runNode> =>
    runNode([vitest, 'run', '--no-color', ...flags], { cwd: project.root, env: { CI: '' } })
  expect(await run(['--update'])).toMatchObject({ code: 0 })
  const snapshot = (await project.read('src/__snapshots__/images.test.js.snap')).toString()
  expect(snapshot).toContain('"/src/hero@2x.jpg"')
  expect(snapshot).toContain('/src/hero.jpg 1x, /src/hero@2x.jpg 2x')
  await project.write('src/hero.jpg', await jpeg(77))
  expect(await run([])).toMatchObject({ code: 0 })
})

test('in Vite, references that need a file get the source', async () => {
  const project = await createProject({
    'style.css': `.a { background: image-set(url(./a.jpg?hd&as=srcset)) } .b { background: url(./a.jpg?hd&format=webp) }`,
    'main.js': `
      import './style.css'
      export { default as url } from './a.jpg?hd'
      export const file = new URL('./a.jpg?hd', import.meta.url).href`,
  })
  const upscaler = doubling()
  const built = await vite8.build(project, project.options({ upscaler, stub: true }))
  const { url, file } = await built.run()
  expect(url).toBe('/a@2x.jpg')
  expect(await facts(built, file)).toEqual(SOURCE)
  expect(built.images).toHaveLength(1)
  expect(built.warnings).toEqual([])
  expect(upscaler.calls).toBe(0)
})

test('in webpack and esbuild, new URL(), require() and url() get the source', async () => {
  const files = { 'old.cjs': `module.exports = require('./a.jpg?hd')` }
  const project = await createProject({
    ...files,
    'main.js': `
      export { default as url } from './a.jpg?hd'
      export { default as old } from './old.cjs'
      export const file = new URL('./a.jpg?hd', import.meta.url).href`,
  })
  const packed = await webpack.build(project, project.options({ stub: true }))
  const { url, old, file } = await packed.run()
  expect(url).toBe('/a@2x.jpg')
  for (const each of [old, file]) expect(await facts(packed, each)).toEqual(SOURCE)
  expect(packed.warnings).toEqual([])

  const other = await createProject({
    ...files,
    'main.css': `.a { background: url(./a.jpg?hd) }`,
    'main.js': `import './main.css'\nexport { default as old } from './old.cjs'\nexport { default as url } from './a.jpg?hd'`,
  })
  const built = await esbuild.build(other, other.options({ stub: true }))
  expect((await built.run())['url']).toBe('/a@2x.jpg')
  expect(built.images.map((name) => path.extname(name))).toEqual(['.jpg'])
  expect(built.warnings).toEqual([])
})

test('a dev server gives stubs as well, and no previews', async () => {
  const project = await createProject({ 'main.js': `export { default as img } from './a.jpg?hd&as=img'` })
  const { createServer } = await vite8.vite()
  const server = await createServer(vite8.config(project, project.options({ stub: true })))
  try {
    const { img } = await server.ssrLoadModule('/main.js')
    expect(img).toEqual({ src: '/a.jpg', srcset: '/a.jpg 1x, /a@2x.jpg 2x', width: WIDTH, height: HEIGHT })
  } finally {
    await server.close()
  }
})

import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import { imagetools } from 'vite-imagetools'
import hd from 'unplugin-hd/vite'
import { facts } from './support/bundler.ts'
import { HEIGHT, WIDTH } from './support/images.ts'
import { createProject } from './support/project.ts'
import { vite8 } from './support/vite.ts'

test('warns about vite-imagetools before this plugin, but not after it', async () => {
  const project = await createProject({ 'main.js': `export { default as a } from './a.jpg?hd'` })
  const inFront = { name: 'imagetools', enforce: 'pre' as const }
  const build = async (plugins: unknown[]): Promise<string[]> => {
    const warnings: string[] = []
    const { build: run } = await vite8.vite()
    const config = vite8.config(project, project.options(), {}, warnings)
    await run({ ...config, plugins: plugins as never })
    return warnings
  }
  const ours = (): unknown => hd(project.options())
  expect(await build([inFront, ours()])).toEqual([expect.stringContaining('Put hd() before imagetools()')])
  expect(await build([ours(), inFront])).toEqual([])
})

test('vite-imagetools does not encode the images of ?hd once more', async () => {
  const project = await createProject({
    'main.js': `export { default as url } from './a.jpg?hd'\nexport { default as img } from './a.jpg?hd&as=img'`,
  })
  // Their names contain a hash of the bytes.
  const run = async (plugins: unknown[]): Promise<string[]> => {
    const built = await vite8.build(project, project.options(), { config: { plugins: plugins as never } })
    return built.images.toSorted()
  }
  const plain = await run([hd(project.options())])
  expect(plain).toHaveLength(2)
  expect(await run([hd(project.options()), imagetools()])).toEqual(plain)
})

describe('as=asset beside vite-imagetools', () => {
  test('hands the 2x and the rest of the query on, and gives what imagetools makes of it', async () => {
    const project = await createProject({
      'main.js': [
        `export { default as set } from './a.jpg?hd&as=asset&w=10;40&format=webp'`,
        `export { default as picture } from './a.jpg?hd&as=asset&w=40&format=webp&as=picture'`,
        `export { default as one } from './a.jpg?hd&as=asset'`,
        `export { default as url } from './a.jpg?hd'`,
      ].join('\n'),
    })
    const built = await vite8.build(project, project.options(), { config: { plugins: [hd(project.options()), imagetools()] } })
    const { set, one, url, picture } = await built.run()
    expect(picture.img).toMatchObject({ w: 40, h: 27 })
    const sizes = (set as string[]).map(async (each) => facts(built, each))
    expect(await Promise.all(sizes)).toEqual([
      { width: 10, height: 7, format: 'webp' },
      { width: 40, height: 27, format: 'webp' },
    ])
    for (const each of [one, url] as string[])
      expect(await facts(built, each)).toEqual({ width: 2 * WIDTH, height: 2 * HEIGHT, format: 'jpeg' })
  })

  test('does so in the dev server', async () => {
    const project = await createProject({ 'main.js': `export { default } from './a.jpg?hd&as=asset&w=40&format=webp'` })
    const { createServer } = await vite8.vite()
    const config = vite8.config(project, project.options(), {
      config: { plugins: [hd(project.options()), imagetools()], server: { port: 0, host: '127.0.0.1' } },
    })
    const server = await createServer(config)
    onTestFinished(() => server.close())
    await server.listen()
    const { default: address } = (await server.ssrLoadModule('/main.js')) as { default: string }
    const response = await fetch(new URL(address, server.resolvedUrls!.local[0]))
    const { width, height, format } = await sharp(Buffer.from(await response.arrayBuffer())).metadata()
    expect({ width, height, format }).toEqual({ width: 40, height: 27, format: 'webp' })
  })
})

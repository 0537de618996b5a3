import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { resample } from 'unplugin-hd'
import { expect, test } from 'vitest'
import { facts } from './support/bundler.ts'
import { bundlers } from './support/bundlers.ts'
import { buildInChild } from './support/child.ts'
import { jpeg, transparentPng } from './support/images.ts'
import { createProject } from './support/project.ts'
import { doubling } from './support/upscaler.ts'
import { vite7, vite8 } from './support/vite.ts'

test('an image has the same bytes in every bundler, and is upscaled once for all of them', async () => {
  const upscaler = doubling()
  const main = `export { default as a } from './a.jpg?hd'\nexport { default as b } from './a.jpg?hd&format=webp&quality=70'`
  const { options } = await createProject()
  const results = new Map<string, Buffer[]>()
  for (const bundler of bundlers) {
    const project = await createProject({ 'main.js': main })
    const built = await bundler.build(project, options({ upscaler }))
    const { a, b } = await built.run()
    const read = (url: string): Promise<Buffer> => project.read(built.file(url).slice(project.root.length + 1))
    results.set(bundler.name, [await read(a), await read(b)])
  }
  const [first] = results.values()
  for (const [name, bytes] of results) expect(bytes, name).toEqual(first)
  expect(results.size).toBe(bundlers.length)
  expect(upscaler.calls).toBe(1)
})

test('3x and 4x of an odd size are exact and byte-identical in every bundler, for a JPEG and a transparent PNG', async () => {
  const [width, height] = [301, 199]
  const files = {
    'photo.jpg': await jpeg(0, width, height),
    'cut-out.png': await transparentPng(width, height),
    'main.js': ['photo.jpg?hd=3', 'photo.jpg?hd=4', 'cut-out.png?hd=3', 'cut-out.png?hd=4']
      .map((name, index) => `export { default as url${index} } from './${name}'`)
      .join('\n'),
  }
  const expected = [
    { width: 903, height: 597, format: 'jpeg' },
    { width: 1204, height: 796, format: 'jpeg' },
    { width: 903, height: 597, format: 'png' },
    { width: 1204, height: 796, format: 'png' },
  ]
  const results = new Map<string, Buffer[]>()
  for (const bundler of [...bundlers, vite8, vite7]) {
    const project = await createProject(files)
    // Separate caches, so that every bundler makes its own images.
    const built = await bundler.build(project, project.options({ upscaler: resample() }))
    const urls = Object.values(await built.run())
    for (const [index, url] of urls.entries()) expect(await facts(built, url), bundler.name).toEqual(expected[index])
    results.set(bundler.name, await Promise.all(urls.map((url) => readFile(built.file(url)))))
  }
  const [first] = results.values()
  for (const [name, bytes] of results) expect(bytes, name).toEqual(first)
  const { channels, hasAlpha } = await sharp(first![2]).metadata()
  expect({ channels, hasAlpha }).toEqual({ channels: 4, hasAlpha: true })
})

test('the default upscaler reaches 3x and 4x in two passes, with the same bytes in every process', async () => {
  const main = `export { default as three } from './a.jpg?hd=3'\nexport { default as four } from './a.jpg?hd=4'`
  const results: Buffer[][] = []
  for (const bundler of [bundlers[0]!, bundlers.at(-1)!]) {
    const project = await createProject({ 'a.jpg': await jpeg(3, 33, 21), 'main.js': main })
    const built = await bundler.build(project, { cache: { dir: `${project.root}/cache` } })
    const { three, four } = await built.run()
    expect(await facts(built, three)).toEqual({ width: 99, height: 63, format: 'jpeg' })
    expect(await facts(built, four)).toEqual({ width: 132, height: 84, format: 'jpeg' })
    results.push(await Promise.all([three, four].map((url: string) => readFile(built.file(url)))))
  }
  expect(results[1]).toEqual(results[0])
})

for (const name of ['rollup', 'rolldown', 'webpack', 'rspack', 'esbuild']) {
  test(`a process that builds with ${name} and the default upscaler exits`, async () => {
    const project = await createProject({ 'a.jpg': await jpeg(7), 'main.js': `import a from './a.jpg?hd'\nconsole.log(a)` })
    const { written, error } = await buildInChild(name, project, { cache: { dir: `${project.root}/cache` } })
    expect(error).toBeUndefined()
    expect(written).toBe(true)
  })

  test(`a process exits if its build fails while images are in progress: ${name}`, async () => {
    const files: Record<string, Buffer | string> = { 'broken.jpg': 'no image' }
    for (let index = 0; index < 6; index++) files[`p${index}.jpg`] = await jpeg(index)
    const imports = Object.keys(files).map((file, index) => `export { default as p${index} } from './${file}?hd'`)
    const project = await createProject({ ...files, 'main.js': imports.join('\n') })
    const { error } = await buildInChild(name, project, { cache: { dir: `${project.root}/cache` } }, { bail: true })
    expect(error).toMatch(/main\.js:1: '\.\/broken\.jpg\?hd': .*\(HD_SOURCE_FORMAT\)/)
  })
}

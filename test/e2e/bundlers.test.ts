import { expect, test } from 'vitest'
import { bundlers } from './support/bundlers.ts'
import { buildInChild } from './support/child.ts'
import { jpeg } from './support/images.ts'
import { createProject } from './support/project.ts'
import { doubling } from './support/upscaler.ts'

test('one image gives the same bytes in every bundler, and is upscaled once for all of them', async () => {
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

for (const name of ['rollup', 'rolldown', 'webpack', 'rspack', 'esbuild']) {
  test(`a process that builds with ${name} and the default upscaler ends by itself`, async () => {
    const project = await createProject({ 'a.jpg': await jpeg(7), 'main.js': `import a from './a.jpg?hd'\nconsole.log(a)` })
    const { written, error } = await buildInChild(name, project, { cache: { dir: `${project.root}/cache` } })
    expect(error).toBeUndefined()
    expect(written).toBe(true)
  })

  test(`so does one whose build fails while images are in work: ${name}`, async () => {
    const files: Record<string, Buffer | string> = { 'broken.jpg': 'no image' }
    for (let index = 0; index < 6; index++) files[`p${index}.jpg`] = await jpeg(index)
    const imports = Object.keys(files).map((file, index) => `export { default as p${index} } from './${file}?hd'`)
    const project = await createProject({ ...files, 'main.js': imports.join('\n') })
    const { error } = await buildInChild(name, project, { cache: { dir: `${project.root}/cache` } }, { bail: true })
    expect(error).toMatch(/main\.js:1: '\.\/broken\.jpg\?hd': .*\(HD_SOURCE_FORMAT\)/)
  })
}

import path from 'node:path'
import { expect, test } from 'vitest'
import { esbuild } from './support/esbuild.ts'
import { createProject, listFiles, type Project } from './support/project.ts'
import { doubling, failing } from './support/upscaler.ts'
import { vite8 } from './support/vite.ts'
import { webpack } from './support/webpack.ts'

interface Report {
  totals: Record<string, number>
  images: {
    name: string
    state: string
    uses: { text: string; reference: string }[]
    variants: { state: string; upscaler: string }[]
  }[]
}

const MAIN = `export { default as a } from './a.jpg?hd'\nexport { default as b } from './b.jpg?hd&format=webp'\nexport { default as c } from './a.jpg?hd&format=webp'\n`

async function readReport(project: Project, name = 'hd-report.json'): Promise<Report> {
  return JSON.parse((await project.read(name)).toString()) as Report
}

test.each([vite8, esbuild, webpack])(
  '$name: report: true writes a page and its facts beside package.json, not into the output',
  async (bundler) => {
    const project = await createProject({ 'main.js': MAIN })
    await project.write('b.jpg', await project.read('a.jpg'))
    const options = project.options({ report: true })
    await bundler.build(project, options)
    const report = await readReport(project)
    expect(report.totals).toMatchObject({ images: 2, variants: 3, hits: 0, misses: 3, failed: 0, fallbacks: 0, meteredCalls: 0 })
    expect(report.images.map(({ name, uses }) => [name, uses.map(({ text }) => text)])).toEqual([
      ['a.jpg', ['main.js:1', 'main.js:3']],
      ['b.jpg', ['main.js:2']],
    ])
    const page = (await project.read('hd-report.html')).toString()
    expect(page).toContain('data:image/jpeg;base64,')
    expect(page).not.toContain(project.root)
    expect((await listFiles(project.dist)).filter((name) => name.includes('hd-report'))).toEqual([])

    await bundler.build(project, project.options({ report: 'again.html' }))
    expect((await readReport(project, 'again.json')).totals).toMatchObject({ variants: 3, hits: 3, misses: 0 })
  },
)

test('a report counts metered calls and fallbacks, and is written to the configured place', async () => {
  const project = await createProject({ 'main.js': MAIN })
  await project.write('b.jpg', await project.read('a.jpg'))
  const metered = { ...doubling(), metered: true }
  await vite8.build(project, project.options({ upscaler: [failing(), metered], report: 'reports/images.html' }))
  const { totals, images } = await readReport(project, path.join('reports', 'images.json'))
  // Both files are the same image.
  expect(totals).toMatchObject({ fallbacks: 3, meteredCalls: 1 })
  expect(images[0]!.variants[0]).toMatchObject({ upscaler: 'doubling' })
})

test('the report of a cache-only build lists the missing images', async () => {
  const project = await createProject({ 'main.js': MAIN })
  await project.write('b.jpg', await project.read('a.jpg'))
  await expect(vite8.build(project, project.options({ mode: 'cache-only', report: true }))).rejects.toThrow('HD_CACHE_MISS')
  expect((await readReport(project)).images.map(({ state }) => state)).toEqual(['missing', 'missing'])
})

test('several builds of one process, as frameworks run them, share a report', async () => {
  const project = await createProject({ 'main.js': "export { default } from './a.jpg?hd'\n", 'server.js': MAIN })
  await project.write('b.jpg', await project.read('a.jpg'))
  await vite8.build(project, project.options({ report: true }))
  await vite8.build(project, project.options({ report: true }), { entry: 'server.js', config: { build: { ssr: true } } })
  const { totals, images } = await readReport(project)
  // What the first one made, the second one found.
  expect(totals).toMatchObject({ images: 2, variants: 3, hits: 0, misses: 3 })
  expect(images[0]!.uses.map(({ text }) => text)).toEqual(['main.js:1', 'server.js:1', 'server.js:3'])
})

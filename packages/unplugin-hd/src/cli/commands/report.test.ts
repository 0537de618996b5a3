import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Report } from '../../inspector/data.ts'
import { imageBytes, packageWith, type Folder } from '../testing/cli.ts'

// Windows does not allow such names.
const HOSTILE_NAME = process.platform === 'win32' ? '&lt;b onclick=x.png' : '<b onclick=x>.png'
const HOSTILE = `src/${HOSTILE_NAME}`

function project(): Promise<Folder> {
  return imageBytes(1).then((image) =>
    packageWith({
      'src/main.js': "import a from './a.png?hd'\n\nexport default [a, './a.png?hd&format=webp', './gone.png?hd']",
      'src/style.css': `a { background: url("./${HOSTILE_NAME}?hd") }`,
      'src/a.png': image,
      [HOSTILE]: image,
      'webpack.config.mjs':
        "export default { context: import.meta.dirname, plugins: [{ [Symbol.for('unplugin-hd.options')]: { cache: { dir: 'cache' } } }] }",
    }),
  )
}

async function reportIn({ root }: Folder, name = 'hd-report'): Promise<{ page: string; report: Report }> {
  const [page, json] = await Promise.all(['html', 'json'].map((type) => readFile(path.join(root, `${name}.${type}`), 'utf8')))
  return { page: page!, report: JSON.parse(json!) as Report }
}

describe('hd report', () => {
  test('reports the referenced images and their state in the cache, and makes nothing', async () => {
    const folder = await project()
    const ended = await folder.hd('report --json')
    expect(ended.stderr).toBe("src/main.js: './gone.png?hd': file not found\n")
    expect(JSON.parse(ended.stdout)).toMatchObject({
      out: 'hd-report.html',
      json: 'hd-report.json',
      totals: { images: 2, variants: 3, hits: 0, misses: 3 },
      problems: ["src/main.js: './gone.png?hd': file not found"],
    })
    await folder.hd(['upscale', 'src/a.png', '--out', 'out.png'])
    expect((await folder.hd('report')).stdout).toMatch(/^hd-report\.html {2}.*, 2 images, 2 of 3 files in the cache\n$/)
    const { report, page } = await reportIn(folder)
    expect(report.images.map(({ name, state }) => [name, state])).toEqual([
      [HOSTILE, 'cached'],
      ['src/a.png', 'missing'],
    ])
    expect(report.images[1]!.uses).toEqual([
      { text: 'src/main.js:1', reference: './a.png?hd', line: 1 },
      { text: 'src/main.js:3', reference: './a.png?hd&format=webp', line: 3 },
    ])
    // No markup, nothing that tools could take for a reference, and no path of this machine.
    expect(page).not.toContain('<b onclick')
    expect(page).not.toContain('png?hd')
    expect(page).not.toContain(folder.root)
    expect((await folder.hd('warm --dry-run --json')).stdout).toContain('"images":2')
  })

  test('replaces the default file, but another one only with --overwrite', async () => {
    const folder = await project()
    await folder.hd('report')
    expect((await folder.hd('report')).status).toBe(0)
    expect((await folder.hd('report --out out.html')).status).toBe(0)
    const again = await folder.hd('report --out out.html')
    expect(again).toMatchObject({ status: 1, stderr: expect.stringMatching(/out\.html: .*--overwrite.*\(HD_OUTPUT\)/) })
    expect((await folder.hd('report --out out.html --overwrite')).status).toBe(0)
    expect((await folder.hd('report --out out.txt')).stderr).toContain('.html')
  })
})

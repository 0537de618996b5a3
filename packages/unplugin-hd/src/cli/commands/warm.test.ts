import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { imageBytes, packageWith, type Folder } from '../testing/cli.ts'

async function project(): Promise<Folder> {
  return packageWith({
    'src/main.js':
      "import a from './a.png?hd'\nimport b from '#img/b.png?hd&as=picture&format=webp'\nimport gone from './gone.png?hd'",
    'src/style.css': 'a { background: url("/c d.png?hd") }',
    'src/a.png': await imageBytes(1),
    'img/b.png': await imageBytes(2),
    'public/c d.png': await imageBytes(3),
    'dist/old.js': "import './never.png?hd'",
    // The form in which the plugin exposes its options.
    'webpack.config.mjs':
      "export default { context: import.meta.dirname, resolve: { alias: { '#img': import.meta.dirname + '/img' } }, plugins: [{ [Symbol.for('unplugin-hd.options')]: { cache: { dir: 'images-2x' } } }] }",
  })
}

describe('hd warm', () => {
  test('makes the images that the project references, once, in the configured cache', async () => {
    const folder = await project()
    const check = await folder.hd('warm --check')
    expect(check.status).toBe(1)
    expect(check.stdout.split('\n').slice(0, 3).toSorted()).toEqual(['img/b.png', 'public/c d.png', 'src/a.png'])
    const dry = JSON.parse((await folder.hd('warm --dry-run --json')).stdout) as { ms: number }
    expect(dry).toMatchObject({ ok: true, images: 3, metered: 0 })
    expect(dry.ms).toBeGreaterThan(0)
    expect(await readdir(folder.root)).not.toContain('images-2x')

    const warm = await folder.hd('warm')
    expect(warm).toMatchObject({ status: 0, stdout: '3 images: 0 already in the cache, 3 made\n' })
    expect(warm.stderr).toBe(`${path.join('src', 'main.js')}: './gone.png?hd': file not found\n`)
    expect((await folder.hd('warm')).stdout).toBe('3 images: 3 already in the cache, 0 made\n')
    expect((await folder.hd('warm --check')).status).toBe(0)
    expect(JSON.parse((await folder.hd('cache verify --json')).stdout)).toMatchObject({ ok: true })
  })

  test('accepts images by glob, with a query', async () => {
    const folder = await project()
    expect((await folder.hd(['warm', '**/*.png', '--query', '?hd=3&format=webp', '--json'])).stdout).toContain('"made":3')
    expect((await folder.hd(['warm', 'img', '--query', '?hd=3&format=webp', '--check'])).status).toBe(0)
    expect((await folder.hd(['warm', 'img', '--query', 'none'])).stderr).toContain('HD_QUERY')
    expect((await folder.hd('warm --query ?hd')).stderr).toContain('--query needs images as arguments')
  })

  test('exits with 130 when cancelled, and says how to continue', async () => {
    const ended = await (await project()).hd('warm', { signal: AbortSignal.abort() })
    expect(ended).toMatchObject({ status: 130, stderr: expect.stringContaining('Run it again to continue (HD_ABORTED)') })
  })
})

import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadSharp } from '@unplugin-hd/core'
import { imageBytes, packageWith, type Folder } from '../testing/cli.ts'

async function folderOfImages(): Promise<Folder> {
  return packageWith({
    'img/a.png': await imageBytes(1),
    'img/deep/b c.jpg': await imageBytes(2, 'jpeg'),
    'img/[1].png': await imageBytes(3),
    'img/notes.txt': 'none',
  })
}

async function written({ root }: Folder, folder: string): Promise<string[]> {
  const files = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true })
  return files
    .filter((file) => file.isFile())
    .map((file) => path.relative(path.join(root, folder), path.join(file.parentPath, file.name)).replaceAll('\\', '/'))
    .toSorted()
}

async function sizeOf(file: Uint8Array | string): Promise<string> {
  const { width, height, format } = await (await loadSharp())(file).metadata()
  return `${width}x${height} ${format}`
}

describe('hd upscale', () => {
  test('accepts a folder and keeps its tree, also for names with spaces and brackets', async () => {
    const folder = await folderOfImages()
    const { status, stdout, stderr } = await folder.hd('upscale img --out-dir out')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(await written(folder, 'out')).toEqual(['[1]@2x.png', 'a@2x.png', 'deep/b c@2x.jpg'])
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('3 images written')
    expect(await sizeOf(path.join(folder.root, 'out/a@2x.png'))).toBe('24x16 png')
  })

  test('accepts a glob, several files, and a folder as --out', async () => {
    const folder = await folderOfImages()
    expect((await folder.hd(['upscale', 'img/**/*.png', '--out', 'one/'])).status).toBe(0)
    expect(await written(folder, 'one')).toEqual(['[1]@2x.png', 'a@2x.png'])
    expect(
      (
        await folder.hd([
          'upscale',
          'img/[1].png',
          'img/deep/b c.jpg',
          '--out',
          'one',
          '--factor',
          '3',
          '--format',
          'webp',
          '--name',
          '[name].[factor].[ext]',
        ])
      ).status,
    ).toBe(0)
    expect(await written(folder, 'one')).toEqual(['[1].3.webp', '[1]@2x.png', 'a@2x.png', 'b c.3.webp'])
    expect(await sizeOf(path.join(folder.root, 'one/b c.3.webp'))).toBe('36x24 webp')
  })

  test('reads standard input and writes standard output, with messages on standard error', async () => {
    const { hd } = await packageWith({})
    const { status, bytes, stderr } = await hd('upscale - --out - --format png', { stdin: await imageBytes(1, 'jpeg') })
    expect(status).toBe(0)
    expect(await sizeOf(bytes)).toBe('24x16 png')
    expect(stderr).toMatch(/^- → - {2}12x8 → 24x16/)
    expect(await hd('upscale - --out -', { stdin: new Uint8Array() })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^-: .*\(HD_SOURCE_BROKEN\)\nSee https:\S+#HD_SOURCE_BROKEN\n$/),
    })
  })

  test('refuses existing files before it makes anything, unless --overwrite is given', async () => {
    const folder = await folderOfImages()
    await folder.hd('upscale img/a.png --out-dir out')
    await writeFile(path.join(folder.root, 'out/a@2x.png'), 'mine')
    const refused = await folder.hd('upscale img --out-dir out')
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^out[\\/]a@2x\.png: the file exists\. Use '--overwrite' to replace it \(HD_OUTPUT\)\nSee https:\S+#HD_OUTPUT\n$/,
      ),
    })
    expect(await written(folder, 'out')).toEqual(['a@2x.png'])
    expect(await readFile(path.join(folder.root, 'out/a@2x.png'), 'utf8')).toBe('mine')
    expect((await folder.hd('upscale img --out-dir out --overwrite')).status).toBe(0)
    expect(await sizeOf(path.join(folder.root, 'out/a@2x.png'))).toBe('24x16 png')
  })

  test('makes the others if one fails, and reports which', async () => {
    const folder = await packageWith({ 'a.png': await imageBytes(1), 'b.png': 'not an image', 'c.png': await imageBytes(2) })
    const { status, stdout, stderr } = await folder.hd(['upscale', '*.png', '--out-dir', 'out', '--json'])
    expect(status).toBe(1)
    expect(stderr).toMatch(/^b\.png: .*\(HD_SOURCE_FORMAT\)\n$/)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      images: [
        { file: 'a.png', width: 24 },
        { file: 'b.png', error: { code: 'HD_SOURCE_FORMAT' } },
        { file: 'c.png', cache: 'made' },
      ],
    })
    expect(await written(folder, 'out')).toEqual(['a@2x.png', 'c@2x.png'])
  })

  test.each([
    ['upscale none*.png --out-dir out', /^none\*\.png: no file matches this glob \(HD_SOURCE_MISSING\)/],
    ['upscale img/a.png img/[1].png --out o.png', /^--out is a single file, but there are 2 images: use --out-dir/],
    ['upscale img --out-dir out --name same.png', /^out[\\/]same\.png: '.*' and '.*' have the same output.*\(HD_OUTPUT\)/],
    ['upscale img/a.png --out o.png --out-dir p', /cannot be combined/],
    ['upscale img/a.png --out o.png --factor 5', /^--factor is '5', allowed are 2, 3, 4/],
  ])("'hd %s' is refused", async (line, message) => {
    expect(await (await folderOfImages()).hd(line)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(message),
    })
  })

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('names an output that cannot be written', async () => {
    const folder = await packageWith({ 'a.png': await imageBytes(1), 'locked/x': '' })
    await chmod(path.join(folder.root, 'locked'), 0o555)
    expect((await folder.hd('upscale a.png --out locked/o.png')).stderr).toMatch(
      /^locked\/o\.png: the output cannot be written: .*\(HD_OUTPUT\)\nSee https:\S+#HD_OUTPUT\n$/,
    )
  })

  test('shows a bar on a terminal for two images or more, and exits with 130 when cancelled', async () => {
    const folder = await folderOfImages()
    expect((await folder.hd('upscale img --out-dir out', { terminal: true })).stderr).toContain('0/3 images')
    expect((await folder.hd('upscale img/a.png --out-dir out2', { terminal: true })).stderr).not.toContain('images')
    const ended = await folder.hd('upscale img --out-dir out3', { signal: AbortSignal.abort() })
    expect(ended).toMatchObject({ status: 130, stderr: expect.stringContaining('0 of 3 images were written (HD_ABORTED)') })
  })
})

import { rm, truncate } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { imageBytes, packageWith, type Folder } from '../testing/cli.ts'

/** A package whose cache holds one master and one JPEG of each image. */
async function filled(): Promise<Folder> {
  const folder = await packageWith({ 'a.png': await imageBytes(1), 'img/b.png': await imageBytes(2) })
  expect((await folder.hd('upscale a.png --out a@2x.jpg')).status).toBe(0)
  expect((await folder.hd('upscale img/b.png --out b@2x.jpg')).status).toBe(0)
  return folder
}

interface Listed {
  dir: string
  entries: { key: string; file: string; kind: string; bytes: number; image: { name: string } }[]
}

async function listed({ hd }: Folder, text = ''): Promise<Listed> {
  return JSON.parse((await hd(`cache ls ${text} --json`.replaceAll('  ', ' '))).stdout) as Listed
}

describe('hd cache', () => {
  test('ls lists image, upscaler, size and last use, as text and as JSON', async () => {
    const folder = await filled()
    const { stdout, status } = await folder.hd('cache ls')
    expect(status).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    for (const line of lines)
      expect(line).toMatch(
        /^just now +[\d.]+ k?B {2}(?:master png|2x jpeg, quality 85) +24x16 {2}neural {2}[\da-f]{12} {2}(?:a|img\/b)\.png$/,
      )
    const { dir, entries } = await listed(folder, 'b.png')
    expect(dir).toBe(path.join(folder.root, 'node_modules/.cache/unplugin-hd'))
    expect(entries.map(({ kind, image }) => `${kind} ${image.name}`).toSorted()).toEqual([
      'master img/b.png',
      'variant img/b.png',
    ])
  })

  test('stats counts entries, images and bytes', async () => {
    const { hd } = await filled()
    expect(JSON.parse((await hd('cache stats --json')).stdout)).toMatchObject({
      entries: 4,
      images: 2,
      kinds: { master: { entries: 2 }, variant: { entries: 2 } },
      upscalers: { neural: { entries: 4 } },
    })
    expect((await hd('cache stats')).stdout).toMatch(/\n4 entries of 2 images, [\d.]+ kB of 2\.15 GB\n/)
  })

  test('verify finds damage, doctor reports it, and --fix deletes it', async () => {
    const folder = await filled()
    expect((await folder.hd('cache verify')).stdout).toMatch(/^4 entries, [\d.]+ kB: all intact\n$/)
    const [{ file, bytes }] = (await listed(folder)).entries as [Listed['entries'][0]]
    await truncate(file, bytes - 1)
    const found = await folder.hd('cache verify')
    expect(found).toMatchObject({ status: 1, stdout: expect.stringContaining(`1 damaged\n  ${file}\n`) })
    expect(found.stderr).toContain('hd cache verify --fix')
    const doctor = await folder.hd('doctor --json')
    expect(doctor.status).toBe(1)
    expect(JSON.parse(doctor.stdout)).toMatchObject({
      ok: false,
      cache: { damaged: 1, advice: expect.stringContaining('hd cache verify --fix') },
    })
    expect(await folder.hd('cache verify --fix')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('1 damaged, deleted'),
    })
    expect(JSON.parse((await folder.hd('cache verify --json')).stdout)).toMatchObject({ ok: true, checked: 3, damaged: [] })
  })

  test('prune lists what it would delete, and deletes it', async () => {
    const folder = await filled()
    expect((await folder.hd('cache prune')).stdout).toMatch(/^0 entries, 0 B deleted; 4 entries, .* remaining\n$/)
    expect((await folder.hd('cache prune --unused-for 1h')).stdout).toMatch(/^0 entries/)
    const dry = await folder.hd('cache prune --max-bytes 0 --dry-run')
    expect(dry.stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^4 entries, [\d.]+ kB would be deleted; 0 entries, 0 B would remain$/,
    )
    expect((await listed(folder)).entries).toHaveLength(4)
    expect(JSON.parse((await folder.hd('cache prune --max-bytes 0 --json')).stdout)).toMatchObject({ entries: 0, bytes: 0 })
    expect((await listed(folder)).entries).toHaveLength(0)
  })

  test('rm deletes everything made from an image, by content, name or key', async () => {
    const folder = await filled()
    expect((await folder.hd('cache rm a.png')).stdout).toMatch(/^2 entries, .* deleted\n$/)
    const [{ key }] = (await listed(folder)).entries as [Listed['entries'][0]]
    expect((await folder.hd(`cache rm ${key.slice(0, 12)}`)).stdout).toMatch(/^1 entry, /)
    await rm(path.join(folder.root, 'img/b.png'))
    expect((await folder.hd('cache rm img/b.png')).stdout).toMatch(/^1 entry, /)
    expect(await folder.hd('cache rm img/b.png')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^img\/b\.png: the cache has no entry for it.*hd cache ls.*\(HD_OPTION\)\nSee https:\S+#HD_OPTION\n$/,
      ),
    })
  })

  test('path prints the folder in one line', async () => {
    const folder = await packageWith({})
    expect((await folder.hd('cache path')).stdout).toBe(`${path.join(folder.root, 'node_modules/.cache/unplugin-hd')}\n`)
  })

  test('without a command it prints help', async () => {
    const { hd } = await packageWith({})
    const { status, stdout } = await hd('cache')
    expect(status).toBe(0)
    for (const name of ['ls', 'stats', 'verify', 'prune', 'rm', 'path']) expect(stdout).toContain(`hd cache ${name} `)
    expect((await hd('cache lss')).stderr).toContain("the command 'cache lss' is unknown. Did you mean 'cache ls'?")
  })
})

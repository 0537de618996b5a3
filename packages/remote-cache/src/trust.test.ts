import { generateKeyPairSync } from 'node:crypto'
import { parseEntry, serializeEntry, type StoreEntry } from '@unplugin-hd/core'
import { describe, expect, test } from 'vitest'
import { clone } from './testing/clones.ts'
import { objectServer, type ObjectServer } from './testing/object-server.ts'
import { sealEntry } from './trust/sealed.ts'
import { schemeOf } from './trust/signature.ts'

const WEBP = { format: 'webp' } as const
const UNSIGNED = schemeOf({ publicKey: undefined, keyEnv: 'K', signed: false }, {})

/** A server with what one clone made of this many images. */
async function filled(images: number, env: Record<string, string> = {}): Promise<ObjectServer> {
  const server = await objectServer()
  const first = await clone(server.url, env)
  await first.make(images, WEBP)
  await first.hd.close()
  expect(first.warnings).toEqual([])
  return server
}

const keyOf = (path: string): string => path.slice('/hd/'.length)

/** Without the line that is added for the way. */
function parse(path: string, object: Buffer): StoreEntry {
  return parseEntry(keyOf(path), object.subarray(object.indexOf(10) + 1))!
}

/** Builds in another clone: every image must be made again, once with a warning, and be kept in place of what was refused. */
async function expectRemade(server: ObjectServer, images: number, env: Record<string, string> = {}): Promise<string> {
  const again = await clone(server.url, env)
  const assets = await again.make(images, WEBP)
  await again.hd.close()
  expect(again.upscaled()).toBe(images)
  expect(assets.map(({ width, height }) => [width, height])).toEqual(assets.map(() => [24, 16]))
  expect(again.warnings).toHaveLength(1)
  const mended = await clone(server.url, env)
  await mended.make(images, WEBP)
  expect([mended.upscaled(), ...mended.warnings]).toEqual([0])
  return again.warnings[0]!
}

describe('an entry that comes from afar', () => {
  test('is refused whichever of its bytes was changed', async () => {
    const server = await filled(1)
    const intact = new Map(server.objects)
    const [variant] = [...intact].find(([path, object]) => parse(path, object).meta['factor'] === 2)!
    const original = intact.get(variant)!
    const step = Math.max(1, Math.floor(original.length / 60))
    for (let at = 0; at < original.length; at += step) {
      const changed = Buffer.from(original)
      changed[at]! ^= 1
      server.objects.clear()
      server.objects.set(variant, changed)
      const reader = await clone({ url: server.url, mode: 'read' })
      await reader.make(1, WEBP)
      expect(reader.upscaled(), `byte ${at}`).toBe(1)
      expect(reader.warnings, `byte ${at}`).toHaveLength(1)
    }
  })

  test.each<[string, (object: Buffer) => Buffer]>([
    ['truncated', (object) => object.subarray(0, object.length - 1)],
    ['longer', (object) => Buffer.concat([object, Buffer.from('x')])],
    ['empty', () => Buffer.alloc(0)],
    ['a page', () => Buffer.from('<!doctype html><title>Sign in</title>\n')],
    ['without a line', () => Buffer.alloc(500, 120)],
  ])('is refused when it is %s', async (_, damage) => {
    const server = await filled(2)
    for (const [path, object] of server.objects) server.objects.set(path, damage(object))
    const warning = await expectRemade(server, 2)
    expect(warning).toContain('(HD_REMOTE)')
    expect(warning).toContain(server.url)
  })

  test('is refused when two were swapped', async () => {
    const server = await filled(2)
    const paths = [...server.objects.keys()]
    const objects = [...server.objects.values()]
    for (const [index, path] of paths.entries()) server.objects.set(path, objects[(index + 1) % objects.length]!)
    expect(await expectRemade(server, 2)).toContain('is damaged, or the entry of another image')
  })

  test.each<[string, (entries: [string, StoreEntry][], own: StoreEntry) => StoreEntry]>([
    ['the entry of another image', (entries, own) => entries.find(([, { meta }]) => isOther(meta, own.meta))![1]],
    ['another kind of entry', (entries, own) => entries.find(([, { meta }]) => meta['factor'] !== own.meta['factor'])![1]],
    ['no image', (_, own) => ({ ...own, bytes: Buffer.from('GIF89a no more') })],
    ['of another quality', (_, own) => ({ ...own, meta: { ...own.meta, quality: 1, ownPng: false } })],
    [
      'of a larger source',
      (_, own) => ({ ...own, meta: { ...own.meta, width: 48, height: 32, source: { width: 24, height: 16 } } }),
    ],
    ['of another upscaler', (_, own) => ({ ...own, meta: { ...own.meta, upscaler: 'other' } })],
  ])('is refused when it is %s, with header and digests that fit', async (_, forge) => {
    const server = await filled(2)
    const entries = [...server.objects].map(([path, object]): [string, StoreEntry] => [path, parse(path, object)])
    for (const [path, own] of entries) {
      server.objects.set(path, sealEntry(keyOf(path), forge(entries, own), UNSIGNED))
    }
    await expectRemade(server, 2)
  })

  test('with more bytes than allowed is not read to its end', async () => {
    const server = await filled(1)
    const reader = await clone({ url: server.url, maxEntryBytes: 200, mode: 'read' })
    await reader.make(1, WEBP)
    expect(reader.upscaled()).toBe(1)
    expect(reader.warnings).toEqual([expect.stringMatching(/more than 200 bytes.*HD_REMOTE/)])
  })
})

function isOther(meta: StoreEntry['meta'], own: StoreEntry['meta']): boolean {
  return JSON.stringify(meta['image']) !== JSON.stringify(own['image']) && meta['factor'] === own['factor']
}

const KEY = { UNPLUGIN_HD_REMOTE_KEY: 'correct horse' }

describe('a signature', () => {
  test('lets entries through that were signed with the same key', async () => {
    const server = await filled(2, KEY)
    const second = await clone(server.url, KEY)
    await second.make(2, WEBP)
    expect([second.upscaled(), ...second.warnings]).toEqual([0])
  })

  test.each([
    ['is missing', {}, KEY],
    ['was made with another key', { UNPLUGIN_HD_REMOTE_KEY: 'battery staple' }, KEY],
    ['cannot be checked without the key', KEY, {}],
  ])('that %s is refused', async (_, written, read) => {
    const server = await filled(2, written as Record<string, string>)
    expect(await expectRemade(server, 2, read as Record<string, string>)).toMatch(/signature/)
  })

  test('does not fit an entry of another image whose digests were made to fit', async () => {
    const server = await filled(2, KEY)
    const entries = [...server.objects]
    for (const [index, [path, object]] of entries.entries()) {
      const [otherPath, other] = entries[(index + 1) % entries.length]!
      const line = object.subarray(0, object.indexOf(10) + 1)
      server.objects.set(path, Buffer.concat([line, ...serializeEntry(keyOf(path), parse(otherPath, other))]))
    }
    expect(await expectRemade(server, 2, KEY)).toContain('wrong signature')
  })

  test('by a private key is checked with the public one, which makes none', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const pem = { UNPLUGIN_HD_REMOTE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
    const remote = { publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') }
    const server = await objectServer()
    const writer = await clone({ url: server.url, ...remote }, pem)
    await writer.make(2, WEBP)
    await writer.hd.close()
    const reader = await clone({ url: server.url, ...remote })
    await reader.make(3, WEBP)
    await reader.hd.close()
    expect([reader.upscaled(), ...reader.warnings]).toEqual([1])
    expect(server.count('PUT')).toBe(4)

    for (const [path, object] of server.objects) server.objects.set(path, sealEntry(keyOf(path), parse(path, object), UNSIGNED))
    const careful = await clone({ url: server.url, ...remote })
    await careful.make(2, WEBP)
    expect(careful.upscaled()).toBe(2)
    expect(careful.warnings).toEqual([expect.stringContaining("'sha256' instead of 'ed25519'")])
  })

  test.each([
    ['signed', { signed: true }, {}, /must be signed, but UNPLUGIN_HD_REMOTE_KEY is not set/],
    ['publicKey', { publicKey: 'bm90IGEga2V5' }, {}, /'cache.remote.publicKey' is no key in PEM or base64/],
  ])('that cannot be checked because of the option %s leaves the store out', async (_, remote, env, text) => {
    const server = await filled(1)
    const reader = await clone({ url: server.url, ...remote }, env)
    await reader.make(1, WEBP)
    await reader.hd.close()
    expect(reader.upscaled()).toBe(1)
    expect(reader.warnings).toEqual([expect.stringMatching(text)])
  })
})

import { expect, test } from 'vitest'
import { clone } from '../testing/clones.ts'

const WEBP = { format: 'webp' } as const

/** A storage as unstorage makes them. @param keep what its driver makes of bytes */
function storage(keep: (bytes: Uint8Array) => unknown, read: (kept: unknown) => unknown = (kept) => kept) {
  const items = new Map<string, unknown>()
  return {
    items,
    getItemRaw: async (key: string) => (items.has(key) ? read(items.get(key)) : null),
    setItemRaw: async (key: string, bytes: Uint8Array) => void items.set(key, keep(bytes)),
    hasItem: async (key: string) => items.has(key),
    getItem: async (key: string) => items.get(key) ?? null,
  }
}

test.each([
  ['buffers', storage((bytes) => Buffer.from(bytes))],
  ['array buffers', storage((bytes) => Uint8Array.from(bytes).buffer)],
])('a storage that keeps %s serves a second clone', async (_, shared) => {
  const first = await clone(shared)
  await first.make(3, WEBP)
  await first.hd.close()
  const second = await clone({ storage: shared })
  await second.make(3, WEBP)
  expect([second.upscaled(), ...first.warnings, ...second.warnings]).toEqual([0])
  expect([...shared.items.keys()]).toEqual(Array(6).fill(expect.stringMatching(/^[\da-f]{64}$/)))
})

test('a driver that keeps base64 works, with one warning', async () => {
  const shared = storage(
    (bytes) => `base64:${Buffer.from(bytes).toString('base64')}`,
    (kept) => Buffer.from(String(kept).slice(7), 'base64'),
  )
  const first = await clone(shared)
  await first.make(3, WEBP)
  await first.hd.close()
  expect(first.warnings).toEqual([expect.stringContaining('a third more space')])
  const second = await clone(shared)
  await second.make(3, WEBP)
  expect(second.upscaled()).toBe(0)
})

test.each([
  ['text', storage((bytes) => Buffer.from(bytes).toString('utf8')), /does not keep bytes/],
  ['nothing', storage(() => undefined), /does not keep bytes/],
])('a driver that keeps %s is left out', async (_, shared, text) => {
  const build = await clone(shared)
  await build.make(2, WEBP)
  await build.hd.close()
  expect(build.upscaled()).toBe(2)
  expect(build.warnings).toEqual([expect.stringMatching(text)])
})

test('a storage that throws or never answers costs one warning', async () => {
  const failing = { ...storage(() => undefined), getItemRaw: () => Promise.reject(new Error('broken driver')) }
  const silent = { ...storage(() => undefined), getItemRaw: () => new Promise(() => undefined) }
  for (const [shared, text] of [
    [failing, 'broken driver'],
    [silent, 'no complete answer within 300 ms'],
  ] as const) {
    const build = await clone({ storage: shared, timeoutMs: 300, mode: 'read' })
    await build.make(4, WEBP)
    await build.hd.close()
    expect(build.upscaled()).toBe(4)
    expect(build.warnings).toEqual([expect.stringContaining(text)])
  }
})

import { describe, expect, test } from 'vitest'
import { clone } from './testing/clones.ts'
import { objectServer } from './testing/object-server.ts'

const WEBP = { format: 'webp' } as const

describe('a remote cache', () => {
  test('gives a second clone every image, without upscaling one', async () => {
    const server = await objectServer()
    const first = await clone(server.url)
    const made = await first.make(5, WEBP)
    await first.hd.close()
    expect(first.upscaled()).toBe(5)
    expect(first.hd.store.traffic!()).toMatchObject({ fetched: 0, sent: 10 })

    const second = await clone(server.url)
    const found = await second.make(5, WEBP)
    await second.hd.close()
    expect(second.upscaled()).toBe(0)
    expect(second.hd.store.traffic!()).toMatchObject({ fetched: 5, sent: 0 })
    expect(found.map(({ bytes }) => Buffer.from(bytes))).toEqual(made.map(({ bytes }) => Buffer.from(bytes)))
    expect([...first.warnings, ...second.warnings]).toEqual([])
  })
})

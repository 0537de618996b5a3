import { describe, expect, test } from 'vitest'
import { parseEntry, serializeEntry } from './entry.ts'

const KEY = 'ab'.repeat(32)
const ENTRY = { meta: { width: 3, name: 'ü' }, bytes: new Uint8Array([0, 10, 255, 1, 2]) }

function written(key = KEY, entry = ENTRY): Uint8Array {
  return Buffer.concat(serializeEntry(key, entry))
}

describe('an entry', () => {
  test('is read as it was written', () => {
    const back = parseEntry(KEY, written())
    expect(back?.meta).toEqual(ENTRY.meta)
    expect([...back!.bytes]).toEqual([...ENTRY.bytes])
  })

  test('may have no payload', () => {
    expect(parseEntry(KEY, written(KEY, { meta: {} as never, bytes: new Uint8Array() }))?.bytes).toHaveLength(0)
  })

  test('is read from the middle of a larger buffer', () => {
    const file = written()
    const larger = new Uint8Array(file.length + 20)
    larger.set(file, 7)
    expect(parseEntry(KEY, larger.subarray(7, 7 + file.length))?.meta).toEqual(ENTRY.meta)
  })

  test('is invalid if it is truncated anywhere, or longer', () => {
    const file = written()
    for (let length = 0; length < file.length; length++) expect(parseEntry(KEY, file.subarray(0, length))).toBeUndefined()
    expect(parseEntry(KEY, Buffer.concat([file, new Uint8Array(1)]))).toBeUndefined()
  })

  test('is invalid if any bit is flipped', () => {
    const file = written()
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const damaged = file.slice()
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      expect(parseEntry(KEY, damaged), `bit ${bit}`).toBeUndefined()
    }
  })

  test('is invalid under another key', () => {
    expect(parseEntry('cd'.repeat(32), written())).toBeUndefined()
  })

  test('is invalid if the file is zeroed, or something else', () => {
    expect(parseEntry(KEY, new Uint8Array(500))).toBeUndefined()
    expect(parseEntry(KEY, Buffer.from('\n\n\n'))).toBeUndefined()
    expect(parseEntry(KEY, Buffer.from(`unplugin-hd-entry ${KEY}\n`))).toBeUndefined()
  })
})

import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha256, toHex } from './sha256.ts'

test('computes the same digest as Node for every length', () => {
  for (const length of [...Array(200).keys(), 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 251)
    expect(toHex(sha256(bytes)), `${length} bytes`).toBe(createHash('sha256').update(bytes).digest('hex'))
  }
})

import { describe, expect, test } from 'vitest'
import { masterKey, originalKey, variantKey } from './key.ts'
import { repeater } from '../testing/hd.ts'
import type { Upscaler } from '../upscaler/upscaler.ts'
import { toEncoding } from './variant.ts'

const DIGEST = 'a'.repeat(64)
const BASE = repeater({ accepts: { formats: ['jpeg', 'png'], maxBytes: 1000, maxPixels: 2000 } })

function changed(changes: Partial<Upscaler>): string {
  return masterKey(DIGEST, { ...BASE, ...changes }, [2])
}

describe('the key of a master', () => {
  const keys: Record<string, string> = {
    'as it is': masterKey(DIGEST, BASE, [2]),
    'two passes': masterKey(DIGEST, BASE, [2, 2]),
    'one pass of 4': masterKey(DIGEST, BASE, [4]),
    digest: masterKey('b'.repeat(64), BASE, [2]),
    name: changed({ name: 'other' }),
    version: changed({ version: '2' }),
    'accepts.formats': changed({ accepts: { ...BASE.accepts, formats: ['jpeg'] } }),
    'order of accepts.formats': changed({ accepts: { ...BASE.accepts, formats: ['png', 'jpeg'] } }),
    'accepts.maxBytes': changed({ accepts: { ...BASE.accepts, maxBytes: 1001 } }),
    'accepts.maxPixels': changed({ accepts: { ...BASE.accepts, maxPixels: 2001 } }),
    'no accepts': masterKey(DIGEST, repeater(), [2]),
    'name and version joined elsewhere': changed({ name: 'repeater1', version: '' }),
  }

  test('changes with every input', () => {
    expect(new Set(Object.values(keys)).size).toBe(Object.keys(keys).length)
  })

  test('has 64 hexadecimal digits, and is always the same', () => {
    for (const key of Object.values(keys)) expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(masterKey(DIGEST, { ...BASE }, [2])).toBe(keys['as it is'])
  })

  test('does not depend on options that do not change pixels', () => {
    expect(changed({ metered: true })).toBe(keys['as it is'])
  })
})

describe('the key of a variant', () => {
  const master = masterKey(DIGEST, BASE, [2])

  test('changes with master, factor, width, format and quality', () => {
    const keys = [
      variantKey(master, { factor: 2 }, 'webp', 80),
      variantKey(masterKey('c'.repeat(64), BASE, [2]), { factor: 2 }, 'webp', 80),
      variantKey(master, { factor: 3 }, 'webp', 80),
      variantKey(master, { factor: 2 }, 'avif', 80),
      variantKey(master, { factor: 2 }, 'webp', 81),
      variantKey(master, { factor: 2 }, 'png', undefined),
      variantKey(master, { factor: 2, width: 480 }, 'webp', 80),
      originalKey(DIGEST, 'webp', 80, 480),
      originalKey(DIGEST, 'webp', 80),
      originalKey(master, 'webp', 80),
      master,
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('ignores the quality of a PNG', () => {
    expect(toEncoding('png', 10)).toEqual(toEncoding('png', 90))
    expect(toEncoding('webp', 10)).not.toEqual(toEncoding('webp', 90))
  })
})

test("'jpg' and 'jpeg' have the same key of a master", () => {
  expect(changed({ accepts: { ...BASE.accepts, formats: ['jpg', 'png'] } })).toBe(masterKey(DIGEST, BASE, [2]))
  expect(changed({ accepts: { ...BASE.accepts, formats: ['jpg', 'jpeg', 'png'] } })).toBe(masterKey(DIGEST, BASE, [2]))
})

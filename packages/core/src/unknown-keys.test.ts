import { expect, test } from 'vitest'
import { nearestTo, refuseUnknown } from './unknown-keys.ts'

test('suggests a name that differs by a typo or by case, otherwise none', () => {
  const allowed = ['format', 'quality', 'as']
  expect(nearestTo('fromat', allowed)).toBe('format')
  expect(nearestTo('qualitty', allowed)).toBe('quality')
  expect(nearestTo('AS', allowed)).toBe('as')
  expect(nearestTo('width', allowed)).toBeUndefined()
  expect(nearestTo('q'.repeat(1e6), allowed)).toBeUndefined()
})

test('names a nested option with both names', () => {
  expect(() => refuseUnknown({ dirr: 'x' }, ['dir'], 'unplugin-hd', 'cache.')).toThrow(
    "unplugin-hd: the option 'cache.dirr' is unknown. Did you mean 'dir'? Allowed are 'dir'",
  )
  expect(() => refuseUnknown(null as unknown as object, ['dir'], 'unplugin-hd', 'cache.')).toThrow(
    "unplugin-hd: the option 'cache' is null, expected an object",
  )
})

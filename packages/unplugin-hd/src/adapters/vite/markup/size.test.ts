import { expect, test } from 'vitest'
import { missingSize } from './size.ts'

test('adds both sizes to an element without any, and a missing one in proportion', () => {
  expect(missingSize({})).toEqual([{ name: 'width' }, { name: 'height' }])
  expect(missingSize({ width: '300' })).toEqual([{ name: 'height', relativeTo: { name: 'width', value: 300 } }])
  expect(missingSize({ height: '0300' })).toEqual([{ name: 'width', relativeTo: { name: 'height', value: 300 } }])
})

test.each<Record<string, string>>([{ width: '50%' }, { width: '' }, { height: 'auto' }, { width: '1', height: '1' }])(
  '%j stays as it is',
  (attributes) => {
    expect(missingSize(attributes)).toEqual([])
  },
)

import { expect, test } from 'vitest'
import { levelOf, passesFor } from './passes.ts'

test.each([
  [[2], 2, [2]],
  [[2], 3, [2, 2]],
  [[2], 4, [2, 2]],
  [[4], 2, [4]],
  [[4], 3, [4]],
  [[2, 4], 2, [2]],
  [[4, 2], 3, [4]],
  [[3], 4, [3, 3]],
  [[2, 3], 4, [2, 2]],
  [[2, 3, 4], 3, [3]],
])('an upscaler with factors %j reaches %i with the passes %j', (factors, factor, passes) => {
  expect(passesFor({ factors }, factor)).toEqual(passes)
  expect(levelOf(passes)).toBeGreaterThanOrEqual(factor)
})

test('an upscaler without factors doubles', () => {
  expect(passesFor({}, 3)).toEqual([2, 2])
})

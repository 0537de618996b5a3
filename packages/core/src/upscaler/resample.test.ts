import { expect, test } from 'vitest'
import { resample } from './resample.ts'
import { hdErrorOf } from '../testing/errors.ts'

test('the interpolator is part of the version, because it changes pixels', () => {
  expect(resample().version).toBe(resample({ interpolator: 'nohalo' }).version)
  expect(resample().version).not.toBe(resample({ interpolator: 'bicubic' }).version)
})

test.each([
  [{ interpolator: 'lanczos' }, /'lanczos'.*'nohalo' and 'bicubic'/],
  [{ kernel: 'cubic' }, /'kernel'.*'interpolator'/],
])('the options %j are refused with the allowed values', async (options, message) => {
  const error = await hdErrorOf(() => resample(options as object))
  expect(error.code).toBe('HD_OPTION')
  expect(error.message).toMatch(message)
})

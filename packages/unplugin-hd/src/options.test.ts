import { expect, test } from 'vitest'
import { resolveHdOptions, type HdOptions } from './options.ts'

test('dev is checked like the other options', () => {
  expect(resolveHdOptions({}, '/project').dev).toBe('preview')
  expect(resolveHdOptions({ dev: 'full' }, '/project').dev).toBe('full')
  expect(() => resolveHdOptions({ dev: true } as unknown as HdOptions, '/project')).toThrow("the option 'dev' is 'true'")
})

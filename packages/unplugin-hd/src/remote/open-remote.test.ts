import { HdError } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import { packageFile } from './open-remote.ts'

test('a package that is not installed is one error that says what to do', () => {
  expect(() => packageFile('@unplugin-hd/elsewhere', [import.meta.url])).toThrow(HdError)
  expect(() => packageFile('@unplugin-hd/elsewhere', [import.meta.url])).toThrow(
    "'cache.remote' needs the package @unplugin-hd/elsewhere, which is not installed. Run `npm install --save-dev @unplugin-hd/elsewhere`",
  )
})

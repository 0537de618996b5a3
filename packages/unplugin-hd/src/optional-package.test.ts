import { tmpdir } from 'node:os'
import { HdError } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import { optionalPackage } from './optional-package.ts'

const find = (name: string) => () => optionalPackage(name, tmpdir(), { code: 'HD_REMOTE', user: "'cache.remote'" })

test('a package that is not installed is one error that says what to do', () => {
  expect(find('@unplugin-hd/elsewhere')).toThrow(HdError)
  expect(find('@unplugin-hd/elsewhere')).toThrow(
    "'cache.remote' needs the package @unplugin-hd/elsewhere, which is not installed. Run `npm install --save-dev @unplugin-hd/elsewhere`",
  )
})

test('a package that is installed is loaded when it is needed', async () => {
  expect(await find('@unplugin-hd/remote-cache')()()).toHaveProperty('createRemoteCache')
})

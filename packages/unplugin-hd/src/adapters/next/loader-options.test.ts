import { resample } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import { requireJson } from './loader-options.ts'

test('options that JSON can hold may go to another process', () => {
  requireJson({})
  requireJson({ quality: 80, format: 'webp', cache: { dir: '.hd' }, include: ['a/**', 'b/**'], exclude: undefined as never })
})

test.each([
  ['upscaler.upscale', { upscaler: resample() }],
  ['upscaler.0.upscale', { upscaler: [resample()] }],
  ['include', { include: /\.jpg$/ }],
  ['exclude.1', { exclude: ['a.jpg', /b/] }],
])('%s is refused by its name, with what to do instead', (name, options) => {
  expect(() => requireJson(options)).toThrow(
    expect.objectContaining({
      code: 'HD_OPTION',
      message: expect.stringContaining(`'${name}'`),
      remedy: expect.stringContaining('hd.config.mjs'),
    }),
  )
})

import { createHd, resample, resolveOptions, type HdRequest, type CoreOptions } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import { imageBytes } from '../cli/testing/cli.ts'
import { createStub } from './stub.ts'

const REQUEST: HdRequest = { as: 'srcset', factor: 2, formats: [], quality: undefined, delivery: 'auto' }

async function stubOf(name: string, request: Partial<HdRequest> = {}, options: CoreOptions = {}): Promise<unknown> {
  const bytes = await imageBytes(3)
  const resolved = resolveOptions(options, { root: '/root', env: {}, defaultUpscaler: resample })
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined }
  const stub = await createStub(
    createHd(resolved, { log }),
    { name, bytes, digest: '0', format: 'jpeg' },
    { ...REQUEST, ...request },
  )
  return stub.shape.value(stub.urls)
}

test('URLs are paths from the root, without what differs between machines', async () => {
  expect(await stubOf('a.jpg')).toBe('/a.jpg 1x, /a@2x.jpg 2x')
  expect(await stubOf('src/pics/a.jpg')).toBe('/src/pics/a.jpg 1x, /src/pics/a@2x.jpg 2x')
  expect(await stubOf('../shared/a.jpg')).toBe('/shared/a.jpg 1x, /shared/a@2x.jpg 2x')
  expect(await stubOf('D:/elsewhere/a.jpg')).toBe('/a.jpg 1x, /a@2x.jpg 2x')
})

test('no name ends a URL of a srcset early', async () => {
  expect(await stubOf('a, b/c#1?.jpg', { as: 'url' })).toBe('/a%2C%20b/c%231%3F@2x.jpg')
})

test("mode 'off' decides the shape, and cache-only needs no cache", async () => {
  expect(await stubOf('a.jpg', {}, { mode: 'off' })).toBe('/a.jpg 1x')
  expect(await stubOf('a.jpg', {}, { mode: 'cache-only' })).toBe('/a.jpg 1x, /a@2x.jpg 2x')
})

test('what a build refuses is refused', async () => {
  await expect(stubOf('a.jpg', {}, { maxPixels: 95 })).rejects.toThrow(/pixels/)
})

import { expect, test } from 'vitest'
import { kserve } from './kserve.ts'
import { type KserveOptions, resolveOptions } from './options.ts'

const GIVEN: KserveOptions = { url: 'https://host', model: 'net' }

test.each([
  ['https://host', 'https://host'],
  ['https://host/', 'https://host'],
  ['https://host:8000/v2', 'https://host:8000'],
  ['https://host/serving/net/v2/', 'https://host/serving/net'],
  ['http://127.0.0.1:8000', 'http://127.0.0.1:8000'],
])('the address %s is %s', (url, base) => {
  expect(resolveOptions({ ...GIVEN, url }).url).toBe(base)
})

test.each<[object, RegExp]>([
  [{ url: undefined }, /'url' is missing, expected an http: or https: URL/],
  [{ url: 'ftp://host' }, /'url' is a string, expected/],
  [{ url: 'https://me:secret@host' }, /^(?!.*secret).*'url' is a string/],
  [{ url: 'https://host?token=secret' }, /^(?!.*secret).*'url' is a string/],
  [{ model: '' }, /'model' is '', expected/],
  [{ version: 1.5 }, /'version' is 1.5, expected/],
  [{ tile: 60 }, /'tile' is 60, expected at least 80 \(twice the overlap, and 16\)/],
  [{ batch: 0 }, /'batch' is 0, expected a whole number from 1 to 64/],
  [{ headers: { authorization: 'secret' } }, /^(?!.*secret).*'headers' is an object, expected .*tokenEnv/],
  [{ headers: { 'content-length': '1' } }, /'headers'/],
  [{ headers: { 'x-a': 'b\r\nc: d' } }, /'headers'/],
  [{ headers: { 'x a': 'b' } }, /'headers'/],
  [{ timeout: 5 }, /'timeout' is unknown. Did you mean 'timeoutMs'\?/],
])('%j is refused', (options, message) => {
  expect(() => kserve({ ...GIVEN, ...options } as KserveOptions)).toThrow(
    expect.objectContaining({ code: 'HD_OPTION', message: expect.stringMatching(message) }),
  )
})

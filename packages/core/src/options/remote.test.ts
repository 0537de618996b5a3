import { expect, test } from 'vitest'
import { readOptions } from './read.ts'
import { remoteOption } from './remote.ts'

const storage = { getItemRaw: async () => null, setItemRaw: async () => undefined, hasItem: async () => false }
const read = (remote: unknown) => readOptions('hd()', { remote }, { remote: remoteOption('hd()', 'remote.') }).remote

test.each(['https://host/path?team=1', 'http://127.0.0.1:8080', 's3://bucket/prefix', 'redis://:secret@host/1', 'rediss://host'])(
  '%s is a remote cache',
  (url) => {
    expect(read(url)).toMatchObject({ url, storage: undefined, mode: 'read-write', timeoutMs: 4000 })
    expect(read({ url, mode: 'read', timeoutMs: 900 })).toMatchObject({ url, mode: 'read', timeoutMs: 900 })
  },
)

test('an object with the shape of unstorage is a remote cache', () => {
  expect(read(storage)).toMatchObject({ url: undefined, storage })
  expect(read({ storage, concurrency: 2 })).toMatchObject({ storage, concurrency: 2 })
})

test.each<[unknown, RegExp]>([
  ['ftp://user:hunter2@host/', /'remote' is a string, expected a URL of 'https:'/],
  ['no url', /'remote' is a string, expected a URL/],
  [7, /'remote' is a number, expected a URL/],
  [{ get: () => undefined }, /'remote.get' is unknown/],
  [{}, /'remote.url' is missing, expected one of 'url' and 'storage'/],
  [{ url: 'https://host', storage }, /'remote.url' is set beside 'storage'/],
  [{ url: 'https://hunter2@', mode: 'read' }, /'remote.url' is a string, expected a URL/],
  [{ url: 's3://bucket', endpoint: 'https://me:hunter2@host' }, /'remote.endpoint' is a string, expected an http: or https: URL/],
  [{ url: 'https://host', mode: 'rw' }, /'remote.mode' is 'rw', expected 'read', 'read-write'/],
  [{ url: 'https://host', tokenEnv: 'a b' }, /'remote.tokenEnv' is 'a b', expected the name of an environment variable/],
  [{ url: 'https://host', timeoutMs: 1 }, /'remote.timeoutMs' is 1, expected a whole number from 100/],
])('%j is refused, and no URL is shown', (remote, message) => {
  expect(() => read(remote)).toThrow(message)
  expect(() => read(remote)).toThrow(/^(?!.*hunter2)/)
})

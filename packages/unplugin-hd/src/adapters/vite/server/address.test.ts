import { describe, expect, test } from 'vitest'
import { addressOf, candidates, parseAddress, type AddressConfig } from './address.ts'

const config: AddressConfig = { base: '/sub/', root: '/project', publicDir: '/project/public', server: {} }
const VERSION = '0123456789abcdef'

describe('an address', () => {
  test.each([
    ['/project/src/a.jpg', '/sub/src/a.jpg?hd&v=0123456789ab'],
    ['/project/public/a.jpg', '/sub/a.jpg?hd&v=0123456789ab'],
    ['/elsewhere/a.jpg', '/sub/@fs/elsewhere/a.jpg?hd&v=0123456789ab'],
    ["/project/a b'(ü),#?%.jpg", '/sub/a%20b%27%28%C3%BC%29%2C%23%3F%25.jpg?hd&v=0123456789ab'],
  ])('of %s is %s, and is parsed back to that file', (file, address) => {
    expect(addressOf(config, file, { scale: 2 }, VERSION)).toBe(address)
    const parsed = parseAddress(address, config.base)
    expect(parsed).toMatchObject({ kind: 'image', scale: 2, version: '0123456789ab', token: undefined })
    if (parsed.kind === 'image') expect(candidates(parsed.path, config)).toContain(file)
  })

  test.each(['/foo%20bar/', '/%C3%BCn%C3%AF/'])('with the base %s is parsed to its file', (base) => {
    const address = addressOf({ ...config, base }, '/project/src/a b.jpg', { scale: 2 }, VERSION)
    expect(address.startsWith(base)).toBe(true)
    expect(parseAddress(address, base)).toMatchObject({ path: '/src/a b.jpg' })
  })

  test('contains format, quality and scale', () => {
    const address = addressOf(config, '/project/a.jpg', { scale: 1, format: 'webp', quality: 50 }, VERSION)
    expect(parseAddress(`${address}&t=x`, config.base)).toMatchObject({
      scale: 1,
      request: { formats: ['webp'], quality: 50 },
      token: 'x',
    })
  })

  test.each(['/a.jpg', '/a.jpg?hdx', '/a.jpg?import&hd', '/page?hd', '/a.js?hd', 'http://other/a.jpg?hd'])(
    '%s is not ours',
    (url) => expect(parseAddress(url, '/')).toEqual({ kind: 'foreign' }),
  )

  test.each(['/../a.jpg?hd', '/%2e%2e/a.jpg?hd', '/x/..%2fa.jpg?hd', '/..%5ca.jpg?hd', '/a%00.jpg?hd', '/%E0%A4%A.jpg?hd'])(
    '%s is malformed',
    (url) => expect(parseAddress(url, '/')).toEqual({ kind: 'malformed' }),
  )
})

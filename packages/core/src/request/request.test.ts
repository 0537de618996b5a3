import { describe, expect, test } from 'vitest'
import { FACTORS } from './factor.ts'
import { OUTPUT_FORMATS } from './format.ts'
import { isHdId, parseRequest, SHAPES, toQuery, type HdRequest, mistakenQuery } from './request.ts'
import { hdErrorOf } from '../testing/errors.ts'

const DEFAULT: HdRequest = { as: 'url', factor: 2, formats: [], quality: undefined, delivery: 'auto' }

function requestOf(query: string): HdRequest | undefined {
  return parseRequest(`./a.jpg${query}`)?.request
}

describe('an hd key', () => {
  test.each([
    '?hd',
    '?hd=',
    '?hd#frag',
    '?hd&as=img',
    '?as=img&hd',
    '?import&hd&t=1',
    '?v=3&hd&url',
    '?format=webp&quality=80&hd',
    '?t=1&hd=&import',
  ])('is found in %s', (query) => {
    expect(isHdId(`/x/a.jpg${query}`)).toBe(true)
    expect(parseRequest(`/x/a.jpg${query}`)?.file).toBe('/x/a.jpg')
  })

  test.each([
    '',
    '?hdx',
    '?xhd',
    '?a=hd',
    '?HD',
    '?%68d',
    '?a&hd2',
    '?hd-x',
    '#hd',
    '?x#&hd',
    '?x#?hd',
    '?import#frag?hd&as=img',
    '?a=b?hd',
    '&hd',
  ])('is not found in %j', (query) => {
    expect(isHdId(`/x/a.jpg${query}`)).toBe(false)
    expect(parseRequest(`/x/a.jpg${query}`)).toBeUndefined()
  })

  test('may follow a path that contains a hash sign', () => {
    expect(parseRequest('/c#/a.jpg?hd&as=img#frag')).toEqual({ file: '/c#/a.jpg', request: { ...DEFAULT, as: 'img' } })
  })

  test('alone means all defaults', () => {
    expect(requestOf('?hd')).toEqual(DEFAULT)
  })
})

describe('the values of a request', () => {
  test.each(SHAPES)('include the shape %s', (shape) => {
    const query = shape === 'picture' ? '?hd&as=picture&format=webp' : `?hd&as=${shape}`
    expect(requestOf(query)?.as).toBe(shape)
  })

  test.each(OUTPUT_FORMATS)('include the format %s', (format) => {
    expect(requestOf(`?hd&format=${format}`)?.formats).toEqual([format])
  })

  test('accept jpg as jpeg, and each format once', () => {
    expect(requestOf('?hd&as=picture&format=jpg;avif;jpeg')?.formats).toEqual(['jpeg', 'avif'])
  })

  test.each([1, 9, 10, 85, 100])('include the quality %i', (quality) => {
    expect(requestOf(`?hd&quality=${quality}`)?.quality).toBe(quality)
  })

  test('include the naming of attributes for JSX, in any order', () => {
    expect(requestOf('?hd&as=img&jsx')).toMatchObject({ as: 'img', jsx: true })
    expect(toQuery(requestOf('?jsx&format=webp&hd&as=picture')!)).toBe('?hd&as=picture&format=webp&jsx')
    expect(requestOf('?hd&as=img')).not.toHaveProperty('jsx')
  })

  test('hold widths in ascending order, each once', () => {
    expect(requestOf('?hd&as=img&w=960;480;1600;480')?.widths).toEqual([480, 960, 1600])
    expect(requestOf('?hd&w=480')?.widths).toEqual([480])
    expect(toQuery(requestOf('?w=960;480&hd=3&as=srcset')!)).toBe('?hd=3&as=srcset&w=480;960')
    expect(requestOf('?hd')).not.toHaveProperty('widths')
  })

  test('leave every key but hd to other tools with as=asset, as it is written', () => {
    expect(requestOf('?hd&as=asset')).toEqual({ ...DEFAULT, as: 'asset' })
    const asked = requestOf('?hd=3&w=400;800&format=webp&as=asset&grayscale&import&t=1')!
    expect(asked).toMatchObject({ as: 'asset', factor: 3, formats: [], rest: 'w=400;800&format=webp&grayscale' })
    expect(toQuery(asked)).toBe('?hd=3&as=asset&w=400;800&format=webp&grayscale')
    expect(requestOf(toQuery(asked))).toEqual(asked)
    expect(requestOf('?hd&w=400&as=picture&as=asset')?.rest).toBe('w=400&as=picture')
  })

  test('say whether there is a placeholder', () => {
    expect(requestOf('?hd&as=meta&placeholder')).toMatchObject({ as: 'meta', placeholder: true })
    expect(toQuery(requestOf('?hd&placeholder&as=img&jsx')!)).toBe('?hd&as=img&placeholder&jsx')
    expect(requestOf('?hd&as=img')).not.toHaveProperty('placeholder')
  })

  test('include the delivery of a small file', () => {
    expect(requestOf('?hd&inline')?.delivery).toBe('inline')
    expect(requestOf('?hd&no-inline')?.delivery).toBe('file')
    expect(requestOf('?hd')?.delivery).toBe('auto')
  })

  test('may be percent-encoded', () => {
    expect(requestOf('?hd&as=%70icture&format=avif%3Bwebp')).toEqual({ ...DEFAULT, as: 'picture', formats: ['avif', 'webp'] })
  })

  test('leave the path unchanged', () => {
    expect(parseRequest('/a%20b/ü.jpg?hd')?.file).toBe('/a%20b/ü.jpg')
  })
})

describe('a refusal', () => {
  const cases: [query: string, names: string[]][] = [
    ['?hd&width=3', ['width', "'as'", "'format'", "'quality'", "'inline'", "'no-inline'"]],
    ['?hd&as=img&as=img', ["'as' twice"]],
    ['?hd&jsx', ["'jsx' does not go with 'as=url'", 'as=img', 'as=picture']],
    ['?hd&as=srcset&jsx', ["'jsx' does not go with 'as=srcset'"]],
    ['?hd&as=img&jsx=1', ["'jsx' takes no value"]],
    ['?hd&hd', ["'hd' twice"]],
    ...['0', '-1', '4.5', '0480', '100000', '480w', '', 'auto', '480,960'].map((width): [string, string[]] => [
      `?hd&as=img&w=${width}`,
      [`'w' is '${width}'`, 'w=480;960'],
    ]),
    ['?hd&w=480;960', ["'w' has 2 values", 'as=img']],
    ['?hd&as=meta&w=480', ["'w' does not go with 'as=meta'"]],
    [`?hd&as=img&w=${Array.from({ length: 33 }, (_, index) => index + 1).join(';')}`, ["'w' has 33 values", '32']],
    ['?hd&as=asset&hd', ['twice']],
    ['?hd&as=asset&as=asset', ['twice']],
    ['?hd=5&as=asset', ["'hd' is '5'", 'hd=3']],
    ['?hd&placeholder', ["'placeholder' does not go with 'as=url'", 'as=img', 'as=meta']],
    ['?hd&as=img&placeholder=blur', ["'placeholder' takes no value"]],
    ...['1', '5', '2.0', '03', 'x', ' '].map((factor): [string, string[]] => [
      `?hd=${factor}`,
      [`'hd' is '${factor}'`, 'hd=3', 'hd=4'],
    ]),
    ['?hd&inline=yes', ["'inline'", "'yes'"]],
    ['?hd&inline&no-inline', ["'inline'", "'no-inline'"]],
    ['?hd&as=', ["'as' is ''", ...SHAPES]],
    ['?hd&as=thumb', ['thumb', ...SHAPES]],
    ['?hd&format=gif', ['gif', ...OUTPUT_FORMATS]],
    ['?hd&format=', ["'format' is ''", ...OUTPUT_FORMATS]],
    ['?hd&as=picture&format=webp;', ["'format' is ''", ...OUTPUT_FORMATS]],
    ['?hd&as=picture', ['at least one format', 'format=avif;webp']],
    ['?hd&format=avif;webp', ['2 values', 'as=picture']],
    ...['0', '101', '-1', '8.5', '085', 'abc', '', '1e1'].map((quality): [string, string[]] => [
      `?hd&quality=${quality}`,
      [`'quality' is '${quality}'`, 'from 1 to 100'],
    ]),
  ]
  test.each(cases)('of %s names the allowed values', async (query, names) => {
    const error = await hdErrorOf(() => requestOf(query))
    expect(error.code).toBe('HD_QUERY')
    expect(error.file).toBe('./a.jpg')
    for (const name of names) expect(error.message).toContain(name)
  })
})

describe('the canonical query', () => {
  test('does not depend on order or defaults', () => {
    const queries = [
      '?hd&format=webp&quality=80&as=img',
      '?quality=80&as=img&import&format=webp&hd',
      '?t=1&as=img&hd&quality=80&format=webp',
    ]
    expect(new Set(queries.map((query) => toQuery(requestOf(query)!)))).toEqual(new Set(['?hd&as=img&format=webp&quality=80']))
    expect(toQuery(requestOf('?as=url&hd')!)).toBe('?hd')
  })

  test('keeps the order of formats, which is their preference', () => {
    expect(toQuery(requestOf('?hd&as=picture&format=webp;avif')!)).toBe('?hd&as=picture&format=webp;avif')
  })

  test('is parsed to the same request, and is stable', () => {
    for (const as of SHAPES) {
      for (const formats of [[], ['webp'], ['avif', 'jpeg']] as const) {
        if (as === 'asset' || (as === 'picture' ? formats.length === 0 : formats.length > 1)) continue
        for (const quality of [undefined, 1, 100]) {
          for (const delivery of ['auto', 'inline', 'file'] as const) {
            for (const factor of FACTORS) {
              const request: HdRequest = { as, factor, formats, quality, delivery }
              const query = toQuery(request)
              expect(requestOf(query)).toEqual(request)
              expect(toQuery(requestOf(query)!)).toBe(query)
            }
          }
        }
      }
    }
  })
})

test.each([
  ['./a.jpg?HD', './a.jpg?hd', true],
  ['./a.jpg?hd?as=img', './a.jpg?hd&as=img', true],
  ['./a.png?as=img&Hd', './a.png?as=img&hd', true],
  ['./a.webp?hd2', './a.webp?hd', true],
  ['./a.webp?hd@2x&quality=60', './a.webp?hd&quality=60', true],
  ['./a.jpg?2x', './a.jpg?hd', false],
  ['./a.jpg?4x', './a.jpg?hd=4', false],
  ['./a.jpg?hd3&as=img', './a.jpg?hd=3&as=img', true],
  ['./a.jpg?@2x#top', './a.jpg?hd#top', false],
])('%s is a mistaken form of %s', (id, instead, certain) => {
  expect(mistakenQuery(id)).toEqual({ instead, certain })
})

test.each([
  './a.jpg?hd',
  './a.jpg?hd&as=img',
  './a.jpg?hdx',
  './a.jpg?size=2x',
  './a.jpg?w=400;800&as=picture',
  './a.jpg?url',
  './a.jpg?raw',
  './a.jpg?HDR=1',
  './a.js?2x',
  './a.svg?HD',
  './a.jpg',
  './a.jpg#HD',
])('%s is not a mistaken form', (id) => {
  expect(mistakenQuery(id)).toBeUndefined()
})

import type { Asset, HdRequest, Source } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import type { Makers } from './makers.ts'
import { createShape, type Shape } from './shape.ts'

const SOURCE: Source = { name: 'src/pics/my.hero.jpg', bytes: new Uint8Array(5), digest: 'd', format: 'jpeg' }
const REQUEST: HdRequest = { as: 'url', factor: 2, formats: [], quality: undefined, delivery: 'auto' }

function asset(format: Asset['format']): Asset {
  const extension = format === 'jpeg' ? 'jpg' : format
  return { key: format, bytes: new Uint8Array(9), format, extension, mime: `image/${format}` }
}

/** Makers that need no image; with `isOff` they behave like `mode: 'off'`. */
function fakeMakers(isOff: boolean): Makers {
  return {
    async enlarge(_, { factor: wanted = 2, format = 'jpeg', width }) {
      const isSmall = width !== undefined && width <= 30
      const factor = isOff || isSmall ? 1 : wanted
      return {
        ...asset(isOff ? 'jpeg' : format),
        ...(width && !isOff && { key: `${width} ${format}` }),
        width: isOff ? 30 : (width ?? 30 * factor),
        height: 20 * factor,
        factor,
        isSource: isOff,
        provisional: false,
        upscaler: factor === 1 ? undefined : 'own',
        source: { width: 30, height: 20, format: 'jpeg', bytes: 5 },
      }
    },
    original: async (_, { format = 'jpeg' }) => asset(format),
    placeholder: async () => 'data:tiny',
  }
}

/** The value of the expression, with the name of each part as its URL. */
function valueOf({ parts, expression }: Shape): unknown {
  const code = expression(parts.map(({ name }) => JSON.stringify(name)))
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the code is ours
  return new Function(`return ${code}`)()
}

async function shapeOf(request: Partial<HdRequest>, isOff: boolean = false): Promise<{ value: unknown; names: string[] }> {
  const shape = await createShape(fakeMakers(isOff), SOURCE, { ...REQUEST, ...request })
  return { value: valueOf(shape), names: shape.parts.map(({ name, original }) => (original ? `${name} (source)` : name)) }
}

test('with jsx, srcset is named srcSet as in React, and nothing else changes', async () => {
  for (const isOff of [true, false]) {
    const { value: img } = await shapeOf({ as: 'img' }, isOff)
    const { srcset, ...rest } = img as { srcset: string }
    expect((await shapeOf({ as: 'img', jsx: true }, isOff)).value).toEqual({ ...rest, srcSet: srcset })
  }
  const { value } = await shapeOf({ as: 'picture', formats: ['avif'], jsx: true })
  expect(value).toEqual({
    sources: [{ type: 'image/avif', srcSet: 'my.hero.avif 1x, my.hero@2x.avif 2x' }],
    img: { src: 'my.hero.jpg', srcSet: 'my.hero.jpg 1x, my.hero@2x.jpg 2x', width: 30, height: 20 },
  })
})

test('url is one part, marked as the 2x', async () => {
  expect(await shapeOf({})).toEqual({ value: 'my.hero@2x.jpg', names: ['my.hero@2x.jpg'] })
  expect(await shapeOf({ formats: ['webp'] })).toMatchObject({ value: 'my.hero@2x.webp' })
})

test('srcset has the source and its 2x; a format applies to both', async () => {
  expect(await shapeOf({ as: 'srcset' })).toEqual({
    value: 'my.hero.jpg 1x, my.hero@2x.jpg 2x',
    names: ['my.hero.jpg (source)', 'my.hero@2x.jpg'],
  })
  expect(await shapeOf({ as: 'srcset', formats: ['avif'] })).toEqual({
    value: 'my.hero.avif 1x, my.hero@2x.avif 2x',
    names: ['my.hero.avif', 'my.hero@2x.avif'],
  })
})

test('img has the size in CSS pixels', async () => {
  const { value } = await shapeOf({ as: 'img' })
  expect(value).toEqual({ src: 'my.hero.jpg', srcset: 'my.hero.jpg 1x, my.hero@2x.jpg 2x', width: 30, height: 20 })
})

test("picture has a source for each format and an img in the image's own format", async () => {
  const { value, names } = await shapeOf({ as: 'picture', formats: ['avif', 'webp'] })
  expect(value).toEqual({
    sources: [
      { type: 'image/avif', srcset: 'my.hero.avif 1x, my.hero@2x.avif 2x' },
      { type: 'image/webp', srcset: 'my.hero.webp 1x, my.hero@2x.webp 2x' },
    ],
    img: { src: 'my.hero.jpg', srcset: 'my.hero.jpg 1x, my.hero@2x.jpg 2x', width: 30, height: 20 },
  })
  expect(names).toHaveLength(6)
})

test('meta has the facts of the 2x and of the source', async () => {
  const { value } = await shapeOf({ as: 'meta' })
  expect(value).toEqual({
    src: 'my.hero@2x.jpg',
    width: 60,
    height: 40,
    format: 'jpeg',
    bytes: 9,
    upscaler: 'own',
    source: { src: 'my.hero.jpg', width: 30, height: 20 },
  })
})

test("with mode 'off' nothing is called 2x, and the source is the only part", async () => {
  const names = ['my.hero.jpg (source)']
  expect(await shapeOf({}, true)).toEqual({ value: 'my.hero.jpg', names })
  expect(await shapeOf({ as: 'srcset' }, true)).toEqual({ value: 'my.hero.jpg 1x', names })
  expect(await shapeOf({ as: 'picture', formats: ['webp'] }, true)).toEqual({
    value: { sources: [], img: { src: 'my.hero.jpg', srcset: 'my.hero.jpg 1x', width: 30, height: 20 } },
    names,
  })
  expect(await shapeOf({ as: 'meta' }, true)).toEqual({
    value: {
      src: 'my.hero.jpg',
      width: 30,
      height: 20,
      format: 'jpeg',
      bytes: 9,
      upscaler: null,
      source: { src: 'my.hero.jpg', width: 30, height: 20 },
    },
    names,
  })
})

test('names include the factor 3 or 4, and sets have every factor up to it', async () => {
  expect(await shapeOf({ factor: 3 })).toEqual({ value: 'my.hero@3x.jpg', names: ['my.hero@3x.jpg'] })
  expect(await shapeOf({ factor: 3, as: 'srcset' })).toMatchObject({
    value: 'my.hero.jpg 1x, my.hero@2x.jpg 2x, my.hero@3x.jpg 3x',
  })
  expect(await shapeOf({ factor: 4, as: 'img' })).toMatchObject({
    value: { srcset: 'my.hero.jpg 1x, my.hero@2x.jpg 2x, my.hero@3x.jpg 3x, my.hero@4x.jpg 4x', width: 30, height: 20 },
  })
  expect(await shapeOf({ factor: 3, as: 'meta' })).toMatchObject({
    value: { src: 'my.hero@3x.jpg', width: 90, height: 60, source: { src: 'my.hero.jpg', width: 30, height: 20 } },
  })
  expect(await shapeOf({ factor: 3, as: 'srcset' }, true)).toMatchObject({ value: 'my.hero.jpg 1x' })
})

test('widths give a srcset with w descriptors, and the one nearest to the size of the source in src', async () => {
  const { value, names } = await shapeOf({ as: 'img', widths: [12, 24, 50] })
  expect(value).toEqual({
    src: 'my.hero-24w.jpg',
    srcset: 'my.hero-12w.jpg 12w, my.hero-24w.jpg 24w, my.hero-50w.jpg 50w',
    width: 30,
    height: 20,
  })
  expect(names).toEqual(['my.hero-12w.jpg', 'my.hero-24w.jpg', 'my.hero-50w.jpg'])
  expect(await shapeOf({ as: 'img', widths: [40, 50] })).toMatchObject({ value: { src: 'my.hero-40w.jpg' } })
  expect(await shapeOf({ as: 'url', widths: [12] })).toEqual({ value: 'my.hero-12w.jpg', names: ['my.hero-12w.jpg'] })
})

test('widths go with every format of a picture', async () => {
  const { value } = await shapeOf({ as: 'picture', formats: ['avif'], widths: [12, 50] })
  expect(value).toEqual({
    sources: [{ type: 'image/avif', srcset: 'my.hero-12w.avif 12w, my.hero-50w.avif 50w' }],
    img: { src: 'my.hero-12w.jpg', srcset: 'my.hero-12w.jpg 12w, my.hero-50w.jpg 50w', width: 30, height: 20 },
  })
})

test('without enlarging, widths become the source alone, with its own width', async () => {
  expect(await shapeOf({ as: 'picture', formats: ['avif'], widths: [12, 50] }, true)).toEqual({
    value: { sources: [], img: { src: 'my.hero.jpg', srcset: 'my.hero.jpg 30w', width: 30, height: 20 } },
    names: ['my.hero.jpg (source)'],
  })
})

test('a placeholder stands beside the URLs', async () => {
  expect((await shapeOf({ as: 'img', placeholder: true })).value).toHaveProperty('placeholder', 'data:tiny')
  expect((await shapeOf({ as: 'meta', placeholder: true })).value).toHaveProperty('placeholder', 'data:tiny')
  const { value } = await shapeOf({ as: 'picture', formats: ['webp'], placeholder: true })
  expect(value).toHaveProperty('img.placeholder', 'data:tiny')
  expect((await shapeOf({ as: 'img' })).value).not.toHaveProperty('placeholder')
})

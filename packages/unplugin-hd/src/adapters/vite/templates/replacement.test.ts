import { expect, test } from 'vitest'
import { imgAttributes, replaceAttribute, toExpression, type TemplateAttribute } from './replacement.ts'

/** A placeholder for the name of an import. */
const nameOf = (specifier: string): string => `<${specifier}>`

function replace(element: string, name: string, value: string, more: Partial<TemplateAttribute> = {}): string | undefined {
  const attributes = { [name]: value, ...more.attributes }
  const replacement = replaceAttribute({ where: 'src/App.svelte:3', ...more, element, name, value, attributes })
  if (!replacement) return undefined
  return replacement.kind === 'img' ? `img ${nameOf(replacement.imported.specifier)}` : toExpression(replacement.parts, nameOf)
}

test('imports URLs of images in any element', () => {
  expect(replace('img', 'src', './a.jpg?hd')).toBe('<./a.jpg?hd>')
  expect(replace('video', 'poster', '$lib/a.jpg?hd&format=webp')).toBe('<$lib/a.jpg?hd&format=webp>')
  expect(replace('image', 'xlink:href', '/a.jpg?hd')).toBe('</a.jpg?hd>')
  expect(replace('link', 'href', './a.jpg?hd')).toBe('<./a.jpg?hd>')
})

test('leaves other values unchanged', () => {
  expect(replace('img', 'src', './a.jpg')).toBeUndefined()
  expect(replace('img', 'src', 'https://example.com/a.jpg?hd')).toBeUndefined()
  expect(replace('img', 'src', '//example.com/a.jpg?hd')).toBeUndefined()
  expect(replace('img', 'srcset', '//example.com/a.jpg?hd 2x')).toBeUndefined()
  expect(replace('img', 'alt', './a.jpg?hd')).toBeUndefined()
  expect(replace('a', 'href', './a.jpg?hd')).toBeUndefined()
  expect(replace('Image', 'src', './a.jpg?hd')).toBeUndefined()
})

test('keeps the descriptors of a srcset, and imports its other relative images too', () => {
  expect(replace('img', 'srcset', './a.jpg 1x, ./a.jpg?hd 2x')).toBe('<./a.jpg?url> + " 1x" + ", " + <./a.jpg?hd> + " 2x"')
  expect(replace('source', 'srcset', '/b.jpg 300w, ./a.jpg?hd 600w')).toBe('"/b.jpg 300w" + ", " + <./a.jpg?hd> + " 600w"')
  expect(replace('link', 'imagesrcset', './a.jpg?hd&as=srcset')).toBe('<./a.jpg?hd&as=srcset>')
})

test('accepts as=img in the src of an <img> without a srcset, and as=srcset in sets without a descriptor', () => {
  expect(replace('img', 'src', './a.jpg?hd&as=img')).toBe('img <./a.jpg?hd&as=img>')
  const place = expect.objectContaining({ code: 'HD_QUERY', message: expect.stringContaining('src/App.svelte:3') })
  expect(() => replace('video', 'poster', './a.jpg?hd&as=img')).toThrow(place)
  expect(() => replace('img', 'src', './a.jpg?hd&as=meta')).toThrow(place)
  expect(() => replace('img', 'src', './a.jpg?hd&as=picture')).toThrow(place)
  expect(() => replace('img', 'src', './a.jpg?hd&as=img', { attributes: { srcset: 'b.jpg 2x' } })).toThrow(place)
  expect(() => replace('img', 'srcset', './a.jpg?hd&as=srcset 2x')).toThrow(place)
})

test('as=img adds a missing size in proportion to the other one', () => {
  expect(imgAttributes('i', {}).slice(2)).toEqual([
    ['width', 'i.width'],
    ['height', 'i.height'],
  ])
  expect(imgAttributes('i', { width: '300' }).slice(2)).toEqual([['height', 'Math.round(300 * i.height / i.width)']])
  expect(imgAttributes('i', { height: '300' }).slice(2)).toEqual([['width', 'Math.round(300 * i.width / i.height)']])
  // Not for an expression or a percentage.
  expect(imgAttributes('i', { width: '' }).slice(2)).toEqual([])
  expect(imgAttributes('i', { width: '50%' }).slice(2)).toEqual([])
  expect(imgAttributes('i', { width: '1', height: '1' }).slice(2)).toEqual([])
})

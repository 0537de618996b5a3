import { expect, test } from 'vitest'
import { findImageAttributes } from './attributes.ts'

/** `img src` for every found attribute. */
function find(html: string, additional = {}): string[] {
  return findImageAttributes(html, additional).map(({ element, name }) => `${element.nodeName} ${name}`)
}

test.each([
  ['<img src="a.jpg?hd">', ['img src']],
  ['<IMG SRC=a.jpg?as=img&hd alt>', ['img src']],
  ['<img src="a.jpg" srcset="a.jpg 1x, a.jpg?hd 2x">', ['img srcset']],
  ['<picture><source srcset="a.jpg?hd"><img></picture>', ['source srcset']],
  ['<video src="a.mp4" poster="a.jpg?hd"></video>', ['video poster']],
  ['<link rel=preload as=image href="a.jpg?hd" imagesrcset="a.jpg?hd">', ['link href', 'link imagesrcset']],
  ['<svg><image xlink:href="a.jpg?hd" /></svg>', ['image xlink:href']],
  [
    '<meta property="og:image" content="a.jpg?hd"><meta name="twitter:image" content="a.jpg?hd">',
    ['meta content', 'meta content'],
  ],
  [
    '<object data="a.jpg?hd"></object><embed src="a.jpg?hd"><input type=image src="a.jpg?hd">',
    ['object data', 'embed src', 'input src'],
  ],
  ['<noscript><img src="a.jpg?hd"></noscript><template><p><img src="a.jpg?hd"></template>', ['img src', 'img src']],
])('finds attributes in %s', (html, expected) => {
  expect(find(html)).toEqual(expected)
})

test.each([
  '<img src="a.jpg?hdx">',
  '<img vite-ignore src="a.jpg?hd">',
  '<!-- <img src="a.jpg?hd"> -->',
  '<p data-src="a.jpg?hd"><a href="a.jpg?hd"></a>',
  '<meta name="og:image" content="a.jpg?hd"><meta name=description content="a.jpg?hd">',
  '<script>"<img src=a.jpg?hd>"</script><textarea><img src="a.jpg?hd"></textarea>',
])('ignores %s, as Vite does', (html) => {
  expect(find(html)).toEqual([])
})

function filter({ attributes }: { attributes: Record<string, string> }): boolean {
  return 'kind' in attributes
}

test('finds elements and attributes that the user adds, if the filter accepts them', () => {
  const additional = { 'my-img': { srcAttributes: ['data-src'], filter }, img: { srcAttributes: ['data-lazy'] } }
  expect(find('<my-img kind data-src="a.jpg?hd"></my-img><my-img data-src="a.jpg?hd"></my-img>', additional)).toEqual([
    'my-img data-src',
  ])
  expect(find('<img src="a.jpg?hd" data-lazy="a.jpg?hd">', additional)).toEqual(['img src', 'img data-lazy'])
})

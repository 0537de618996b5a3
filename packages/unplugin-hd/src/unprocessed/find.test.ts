import { expect, test } from 'vitest'
import { findUnprocessed, unprocessedMessage, TEXT_OUTPUT_RE } from './find.ts'

test('finds references in strings, url() and attributes, without duplicates', () => {
  const code = `
    const a = new URL('./a.jpg?hd', import.meta.url), again = "./a.jpg?hd"
    const b = \`../b.PNG?w=3&hd&as=img\`
    .c { background: url(/c.webp?hd) }
    <img src=d.avif?hd srcset="e.gif?hd, f.tiff?hd 2x">`
  expect(findUnprocessed(code)).toEqual(['./a.jpg?hd', '../b.PNG?w=3&hd', '/c.webp?hd', 'd.avif?hd', 'e.gif?hd', 'f.tiff?hd'])
})

test('finds a reference in JSON within an attribute as it is written', () => {
  for (const quote of ['&quot;', '&#x22;']) {
    const json = `{"src":"./a.jpg?hd","index":0}`.replaceAll('"', quote)
    expect(findUnprocessed(`<img __ASTRO_IMAGE_="${json}">`)).toEqual(['./a.jpg?hd'])
  }
})

test('ignores other keys, other files and images without a query', () => {
  for (const text of ['a.jpg?hdx', 'a.jpg?xhd', 'a.jpg?a=hd', 'a.txt?hd', 'a.jpg', 'a.jpg?w=3#hd', 'hd', '?hd', 'a.jpg ?hd'])
    expect(findUnprocessed(`x('${text}')`), text).toEqual([])
})

test('ignores comments of bundlers and users', () => {
  const code = [
    '//#region src/a.jpg?hd',
    '  // hd:a.jpg?hd&as=img',
    '/* hd-file:a.jpg?hd */',
    '/**',
    " * import a from './a.jpg?hd'",
    ' */',
    "const x = 1 // './a.jpg?hd'",
    "const y = 2;/** As in './a.jpg?hd'. */const z = 3",
  ].join('\n')
  expect(findUnprocessed(code)).toEqual([])
})

test('ignores HTML comments in pages and components, but not in scripts', () => {
  const code = `<!-- <img src="./a.jpg?hd"> -->`
  for (const name of ['index.html', 'App.vue', 'App.svelte']) expect(findUnprocessed(code, name)).toEqual([])
  expect(findUnprocessed(code, 'main.js')).toEqual(['./a.jpg?hd'])
})

test('text that only looks like a comment hides nothing', () => {
  expect(findUnprocessed(`glob('./**/*.js', './a.jpg?hd', '*/')`)).toEqual(['./a.jpg?hd'])
  expect(findUnprocessed(`const page = "https://example.com/x", a = "./a.jpg?hd"`)).toEqual(['./a.jpg?hd'])
  expect(findUnprocessed(`const text = "one // two"; ${'x();'.repeat(100)} load("./a.jpg?hd")`)).toEqual(['./a.jpg?hd'])
})

test('searches a megabyte of minified code full of incomplete comments quickly', () => {
  const code = `${'a="/* hd";b=c/d//e;f(".jpg?h");'.repeat(40_000)}x("./a.jpg?hd")`
  expect(findUnprocessed(code)).toEqual(['./a.jpg?hd'])
})

test('the message names the reference, the place and the remedy', () => {
  expect(unprocessedMessage('./a.jpg?hd', 'main.js')).toMatch(/'\.\/a\.jpg\?hd' in main\.js .*'include' and 'exclude'/)
})

test('searches scripts, styles and pages, but not source maps', () => {
  for (const name of ['a.js', 'a.mjs', 'a.cjs', 'a.css', 'a.html', 'a.htm']) expect(name).toMatch(TEXT_OUTPUT_RE)
  for (const name of ['a.js.map', 'a.jpg', 'a.json']) expect(name).not.toMatch(TEXT_OUTPUT_RE)
})

test('searches an output with megabytes of inlined images in linear time', () => {
  const inlined = `const a = "data:image/png;base64,${'iVBORw0KGgoAAAANSUhEUgAA'.repeat(100_000)}"\n`
  expect(findUnprocessed(inlined.repeat(3))).toEqual([])
  expect(findUnprocessed(`${inlined}const b = "./b.png?hd"\n${inlined}`)).toEqual(['./b.png?hd'])
})

test('the message for an excluded image names the options, not an import', () => {
  const message = unprocessedMessage('./a.jpg?hd', 'src/main.js:3', true)
  expect(message).toMatch(/src\/main\.js:3 .*'include' or 'exclude' excludes it/)
  expect(message).not.toContain('Import it')
})

import { expect, test } from 'vitest'
import { findReferences } from './find.ts'

test.each([
  ['a.ts', `import a from './my photo.jpg?hd&as=img'`, ['./my photo.jpg?hd&as=img']],
  ['a.css', 'a { background: url(./a.png?hd) } b { background: url("b c.png?hd") }', ['b c.png?hd', './a.png?hd']],
  ['a.html', '<img src="/a.jpg?hd&amp;as=img" srcset="b.jpg?hd 2x, c.jpg 1x">', ['/a.jpg?hd&as=img', 'b.jpg?hd']],
  ['a.md', '![x](./a.jpg?hd) and no ?hd', ['./a.jpg?hd']],
  ['a.js', "import.meta.glob(['./i/*.png', '!./i/x.png'], { eager: true, query: '?hd' })", ['./i/*.png?hd']],
  ['a.js', 'new URL(`./i/${name}.jpg?hd`, import.meta.url)', ['./i/*.jpg?hd']],
  ['a.js', "// import './a.jpg?hd'\nimport './b.jpg?raw'", []],
])('in %s: %s', (name, text, references) => {
  expect(findReferences(text, name).map(({ reference }) => reference)).toEqual(references)
})

test('returns the lines of each reference, counting comments', () => {
  const text =
    "/* one\ntwo */\nimport a from './a.jpg?hd'\n// './a.jpg?hd'\nimport('./a.jpg?hd'); f('./b.jpg?hd')\nurl(c.png?hd)\n"
  expect(findReferences(text, 'a.js').map(({ reference, lines }) => [reference, lines])).toEqual([
    ['./a.jpg?hd', [3, 5]],
    ['./b.jpg?hd', [5]],
    ['c.png?hd', [6]],
  ])
})

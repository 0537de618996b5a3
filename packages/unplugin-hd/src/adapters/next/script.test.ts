import { expect, test } from 'vitest'
import { readScript } from './script.ts'

const read = (code: string): ReturnType<typeof readScript> =>
  readScript(code, 'a.tsx', (reference) => reference.replace('?hd', '?bytes'))

test.each([
  `import a from './a.jpg?hd'`,
  `import './a.jpg?hd&as=img'`,
  `export { default } from "./a.jpg?hd"`,
  `const a = await import('./a.jpg?hd'), b = require( \`./b.jpg?hd\`)`,
  `import(/* webpackPreload: true */ './a.jpg?hd')`,
  `// <img src="./a.jpg?hd">`,
  `const text = 'why?hd'`,
])('leaves %s to the bundler', (code) => {
  expect(read(code)).toEqual({ code, unprocessed: [], mistaken: [] })
})

test('rewrites new URL() relative to the module', () => {
  expect(read(`const a = new URL('./a.jpg?hd', import.meta.url).href`)).toEqual({
    code: `const a = new URL("./a.jpg?bytes", import.meta.url).href`,
    unprocessed: [],
    mistaken: [],
  })
})

test('finds references in places that are not resolved, with their lines', () => {
  const code = [
    `import a from './a.jpg?hd'`,
    `const b = <img src="/b.jpg?hd" srcSet="c.png 1x, c.png?hd 2x" />`,
    `const d = new URL('./d.jpg?hd', location.href)`,
    'const e = new URL(`./${name}.jpg?hd`, import.meta.url)',
  ].join('\n')
  const { unprocessed } = read(code)
  expect(unprocessed).toEqual([
    { reference: '/b.jpg?hd', line: 2 },
    { reference: './d.jpg?hd', line: 3 },
    { reference: './*.jpg?hd', line: 4 },
    { reference: 'c.png?hd', line: 2 },
  ])
})

test('finds imports with a mistyped query', () => {
  expect(read(`\nimport a from './a.jpg?HD'\nimport b from './b.jpg?w=2x'`).mistaken).toEqual([
    { reference: './a.jpg?HD', line: 2 },
  ])
})

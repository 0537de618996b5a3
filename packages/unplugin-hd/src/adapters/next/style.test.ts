import { expect, test } from 'vitest'
import { rewriteStyle } from './style.ts'

const rewrite = (code: string): string => rewriteStyle(code, (reference) => reference.replace('?hd', '?bytes'), 'p')

test('rewrites url() with `?hd`, however it is quoted, and nothing else', () => {
  expect(
    rewrite('.a { background: url(./a.jpg?hd) no-repeat, url( "b.png?hd&format=webp" ), url(\'c.png?hdx\'), url(d.png) }'),
  ).toBe('.a { background: url("./a.jpg?bytes") no-repeat, url("b.png?bytes&format=webp"), url(\'c.png?hdx\'), url(d.png) }')
  expect(rewrite('.a { content: "./a.jpg?hd" } /* url(./a.jpg?hd) */')).toBe('.a { content: "./a.jpg?hd" } /* url(./a.jpg?hd) */')
})

test('turns the candidates of an image-set() into custom properties of the same rule', () => {
  expect(
    rewrite('.a { color: red; background: image-set(url(a.png) 1x, "a.png?hd" 2x) }.b{mask:image-set(url(\'b.png?hd\') 2x)}'),
  ).toBe(
    '.a { color: red;--p-0:url("a.png");--p-1:url("a.png?bytes"); background: image-set(var(--p-0) 1x, var(--p-1) 2x) }' +
      '.b{--p-2:url("b.png?bytes");mask:image-set(var(--p-2) 2x)}',
  )
})

test('leaves an image-set() without `?hd` alone, also beside one that has it', () => {
  const plain = '.a { background: image-set(url(a.png) 1x, "a2.png" 2x) }'
  expect(rewrite(plain)).toBe(plain)
  expect(rewrite(`${plain}.b { background: image-set("b.png?hd" 2x) }`)).toBe(
    `${plain}.b {--p-0:url("b.png?bytes"); background: image-set(var(--p-0) 2x) }`,
  )
})

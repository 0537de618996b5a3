import { expect, test } from 'vitest'
import { isParseEstree, readAstroEstree, type Parse } from './astro-estree.ts'

const CODE = `---\n// ü\n---\n<p>ü🚀</p><img src="./a.png?hd" alt="🚀" />`

/** What the compiler says of `CODE`. @param sizeOf length of a text in what it counts */
function parserThatCounts(sizeOf: (text: string) => number): Parse {
  const at = (text: string): { start: number; end: number } => {
    const start = sizeOf(CODE.slice(0, CODE.indexOf(text)))
    return { start, end: start + sizeOf(text) }
  }
  const attribute = (name: string, value: string): object => ({
    type: 'JSXAttribute',
    name: { type: 'JSXIdentifier', name },
    value: { type: 'Literal', ...at(`"${value}"`) },
    ...at(`${name}="${value}"`),
  })
  const img = {
    type: 'JSXElement',
    openingElement: {
      type: 'JSXOpeningElement',
      name: { type: 'JSXIdentifier', name: 'img' },
      attributes: [attribute('src', './a.png?hd'), attribute('alt', '🚀')],
    },
    ...at('<img src="./a.png?hd" alt="🚀" />'),
  }
  const ast = {
    type: 'AstroRoot',
    frontmatter: { type: 'AstroFrontmatter', program: { type: 'Program', ...at('// ü\n') }, ...at('---\n// ü\n---') },
    body: [{ type: 'JSXText', ...at('ü🚀') }, img],
    ...at(CODE),
  }
  const parse: unknown = () => ({ ast, diagnostics: [] })
  if (!isParseEstree(parse)) throw new Error('no function')
  return parse
}

test.each([
  ['characters', (text: string) => text.length],
  ['bytes, as Astro 7.0 does', (text: string) => Buffer.byteLength(text)],
])('finds attributes and text of a parser that counts %s', (_, sizeOf) => {
  const { elements, rest, imports } = readAstroEstree(parserThatCounts(sizeOf), CODE)
  const textOf = ({ start, end }: { start: number; end: number }): string => CODE.slice(start, end)
  expect(elements.map(({ tag }) => tag)).toEqual(['img'])
  expect(elements[0]!.attributes.map((each) => [each.name, each.value, textOf(each)])).toEqual([
    ['src', './a.png?hd', 'src="./a.png?hd"'],
    ['alt', '🚀', 'alt="🚀"'],
  ])
  expect(rest.map(textOf)).toEqual(['ü🚀', '---\n// ü\n---'])
  expect(imports.at).toBe(4)
})

test('a mistake in the file is an error, which leaves it to the compiler', () => {
  const { ast } = parserThatCounts((text) => text.length)(CODE)
  expect(() => readAstroEstree(() => ({ ast, diagnostics: [{ severity: 'error', text: 'Unterminated string' }] }), CODE)).toThrow(
    'Unterminated string',
  )
})

import { expect, test } from 'vitest'
import { findImagesAt1x } from './astro-images.ts'

const FRONTMATTER = `---
import { Image, Picture } from 'astro:assets'
import hero from '../images/a.jpg?hd&as=asset'
import plain from '../images/a.jpg'
---
`

function warningsOf(markup: string): string[] {
  return findImagesAt1x('/project', FRONTMATTER + markup, '/project/src/pages/index.astro')
}

test.each([
  ['<Image src={hero} alt="" />', 'this <Image> has no densities. Write densities={[1, 2]}'],
  [
    '<Picture\n  formats={["avif"]} src={ hero } widths={[400]} alt="a > b" />',
    'this <Picture> has no densities. Write densities={[1, 2]}',
  ],
  [
    '<Image src={hero} layout="constrained" densities={[1, 2]} alt="" />',
    `Astro limits 'layout' to the size of the source. Write layout="none" densities={[1, 2]}`,
  ],
])('warns of %s with file and line', (markup, reason) => {
  expect(warningsOf(`<p>\n${markup}\n</p>`)).toEqual([
    `'../images/a.jpg?hd&as=asset' in src/pages/index.astro:7 is shown at 1x, because ${reason}`,
  ])
})

test.each([
  '<Image src={hero} alt="" densities={[1, 2]} />',
  '<Image alt={names.map((name) => `${name}`)} src={hero} layout="none" densities={[2]} />',
  '<Image src={hero} {...attributes} />',
  '<Image src={plain} alt="" />',
  '<Image src={other.hero} alt="" /><ImageList src={hero} />',
  '<!-- <Image src={hero} alt="" /> -->',
])('does not warn of %s', (markup) => {
  expect(warningsOf(markup)).toEqual([])
})

test('does not know components of others', () => {
  const code = `---\nimport Image from './Image.astro'\nimport hero from './a.jpg?hd&as=asset'\n---\n<Image src={hero} />`
  expect(findImagesAt1x('/project', code, '/project/a.astro')).toEqual([])
})

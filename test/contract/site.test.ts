import { expect, test } from 'vitest'
import { SIDEBAR } from '../../docs/.vitepress/sidebar.ts'
import { reference } from '../../scripts/reference.mjs'
import { filesBelow, read } from './support/repository.ts'

test('every page of docs is in a section of the sidebar (docs/.vitepress/sidebar.ts), and every entry has a page', () => {
  // Records of decisions are listed on their own page.
  const pages = filesBelow('docs').filter((name) => name.endsWith('.md') && !/^docs\/(?:index|decisions\/\d.+)\.md$/.test(name))
  const links = SIDEBAR.flatMap(({ items }) => items.map(({ link }) => `docs${link.replace(/\/$/, '/index')}.md`))
  expect(links.toSorted()).toEqual(pages)
})

test('docs/reference.md is what `pnpm reference` writes now', () => {
  expect(read('docs/reference.md')).toBe(reference())
})

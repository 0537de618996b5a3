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

test('every page says what it tells, in words of its own and no more than search engines show', () => {
  const abouts = SIDEBAR.flatMap(({ items }) => items.map(({ about }) => about))
  expect(new Set(abouts).size).toBe(abouts.length)
  expect(abouts.filter((about) => about.length > 160 || about.length < 15)).toEqual([])
})

test('docs/reference.md is what `pnpm reference` writes now', () => {
  expect(read('docs/reference.md')).toBe(reference())
})

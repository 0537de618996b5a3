import path from 'node:path'

const REPOSITORY = 'https://github.com/unplugin-hd/unplugin-hd'

/**
 * Pages link to files of the repository by relative paths, as GitHub shows them. On the site those outside of `docs` lead to GitHub;
 * a test checks that they are there.
 * @param page path of the page, relative to `docs`
 */
export function siteLink(href: string, page: string): string {
  if (/^(?:[a-z]+:|#|\/)/i.test(href)) return href
  const [file = '', anchor] = href.split('#')
  const target = path.posix.join('docs', path.posix.dirname(page), file)
  if (target === 'docs' || target.startsWith('docs/')) return href
  return `${REPOSITORY}/tree/main/${target}${anchor === undefined ? '' : `#${anchor}`}`
}

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { SIDEBAR } from './sidebar.ts'

/** Writes `llms.txt`, an index of the pages, and `llms-full.txt`, their text. @param docs folder of the pages @param out of the site */
export function writeLlms(docs: string, out: string, site: string): void {
  const summary =
    '> `?hd` imports: 2x images by super-resolution at build time, for Vite and other bundlers. Offline, on the CPU.'
  const index = ['# unplugin-hd', '', summary]
  const full = ['# unplugin-hd', '', summary]
  for (const { text, items } of SIDEBAR) {
    index.push('', `## ${text}`, '')
    for (const item of items) {
      index.push(`- [${item.text}](${site}${item.link}): ${item.about}`)
      const file = item.link.endsWith('/') ? `${item.link}index` : item.link
      full.push(
        '',
        '---',
        '',
        readFileSync(path.join(docs, `${file}.md`), 'utf8')
          .replace(/^---\n[^]*?\n---\n/, '')
          .trim(),
      )
    }
  }
  writeFileSync(path.join(out, 'llms.txt'), `${index.join('\n')}\n`)
  writeFileSync(path.join(out, 'llms-full.txt'), `${full.join('\n')}\n`)
}

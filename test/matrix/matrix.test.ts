import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { cellOf, type Cell } from './cell.ts'
import { COLUMNS } from './columns.ts'
import { places } from './places.ts'

const PAGE = new URL('../../docs/support.md', import.meta.url)
/** `pnpm test:matrix` writes the table, all else compares it. */
const writes = process.env['HD_MATRIX'] === 'write'
const groups = await places()
const page = await readFile(PAGE, 'utf8')
/** Rows of each group, in the order of the tests. */
const table = new Map(Object.keys(groups).map((group) => [group, [] as string[]]))

for (const [group, members] of Object.entries(groups)) {
  describe(group, () => {
    for (const place of members) {
      test(`${place.name} is doubled or warned of, in every bundler`, async () => {
        const cells: Cell[] = []
        for (const column of COLUMNS) cells.push(await cellOf(column, place))
        const row = `| ${[place.name, ...cells].join(' | ')} |`
        table.get(group)!.push(row)
        expect(row).not.toContain('silent')
        if (!writes) expect(cells).toEqual(COLUMNS.map(({ name }) => published(place.name, name)))
      })
    }
  })
}

/** What the page says of a place in a bundler. */
function published(place: string, bundler: string): string | undefined {
  const rows = page.split('\n').filter((line) => line.startsWith('|'))
  const [head, ...body] = rows.map((line) => line.slice(2, -2).split(' | '))
  return body.find(([name]) => name === place)?.[head!.indexOf(bundler)]
}

afterAll(async () => {
  if (!writes) return
  const [before, , after] = page.split(/<!-- \/?matrix -->/)
  const head = [`| place | ${COLUMNS.map(({ name }) => name).join(' | ')} |`, `| --- |${' --- |'.repeat(COLUMNS.length)}`]
  const body = [...table].flatMap(([group, rows]) => [`| **${group}** |${' |'.repeat(COLUMNS.length)}`, ...rows])
  const text = [...head, ...body].join('\n')
  console.log(`\n${text}\n`)
  await writeFile(PAGE, `${before}<!-- matrix -->\n\n${text}\n\n<!-- /matrix -->${after}`)
})

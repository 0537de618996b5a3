// The figures as tables: a column for each condition, a line for each method.
import { means } from './judge.mjs'

/** What stands in one cell, and how wide it is. */
const MEASURES = [
  {
    title: 'PSNR (dB), SSIM and GMSD (less is better) of Y, border of 2 left out',
    cell: (row) => `${row.psnr.toFixed(2)} ${row.ssim.toFixed(4)} ${row.gmsd.toFixed(3)}`,
    width: 20,
  },
  {
    title: 'Butteraugli (3-norm) and SSIMULACRA of the whole image, less is better',
    needs: 'butteraugli',
    cell: (row) => `${row.butteraugli.toFixed(2)} ${row.ssimulacra.toFixed(4)}`,
    width: 13,
  },
]

/** @param {{ each: boolean }} options `each`: a table for every image, too. @returns {string} */
export function formatTables(rows, methods, conditions, { each }) {
  const lines = []
  const averaged = means(rows)
  for (const measure of MEASURES) {
    if (measure.needs && rows[0]?.[measure.needs] === undefined) continue
    lines.push(measure.title, '')
    const table = (title, members) => lines.push(...formatTable(title, members, methods, conditions, measure), '')
    if (each) for (const [name, members] of group(rows, (row) => `${row.kind}/${row.image}`)) table(name, members)
    for (const [kind, members] of group(averaged, (row) => row.kind)) table(`${kind} (${members[0].images})`, members)
  }
  return lines.join('\n')
}

function formatTable(title, rows, methods, conditions, { cell, width }) {
  const present = conditions.filter((condition) => rows.some((row) => row.condition === condition))
  const line = (head, cells) => `${head.padEnd(24)}${cells.map((text) => text.padEnd(width)).join('')}`.trimEnd()
  const cellOf = (method, condition) => {
    const row = rows.find((each) => each.condition === condition && each.method === method)
    return row ? cell(row) : ''
  }
  return [
    line(title, present),
    ...methods.map((method) =>
      line(
        `  ${method}`,
        present.map((condition) => cellOf(method, condition)),
      ),
    ),
  ]
}

function group(rows, keyOf) {
  const groups = new Map()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}

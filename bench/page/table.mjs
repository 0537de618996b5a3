/** A table in Markdown. @param {string[]} head @param {string[][]} rows */
export function formatTable(head, rows) {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
    .replaceAll('|  |', '| |')
}

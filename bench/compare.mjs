// `node bench/compare.mjs base.json head.json`: two results of `pnpm bench speed --json` from one machine, as a Markdown table.
// The engine is compared through onnxruntime-node of the same run, which no change of ours makes faster or slower: what the
// machine did meanwhile is in both.
import { readFileSync } from 'node:fs'

const REFERENCE = 'onnxruntime-node'
const [base, head] = process.argv.slice(2).map((file) => ratios(JSON.parse(readFileSync(file, 'utf8'))))

console.log(`| network | base | head | head to base |\n| --- | --- | --- | --- |`)
for (const [name, after] of head) {
  const before = base.get(name)
  const change = before === undefined ? 'new' : (after / before).toFixed(2)
  console.log(`| ${name} | ${before?.toFixed(2) ?? ''} | ${after.toFixed(2)} | ${change} |`)
}
console.log(`\nBase and head: time of the engine by that of ${REFERENCE}. Below 1.00 in the last column is faster.`)

/** The time of the engine by that of the reference, for each size and number of threads. */
function ratios({ network }) {
  const best = new Map(network.map(({ name, size, threads, best: ms }) => [`${name} ${size} ${threads}`, ms]))
  const own = network.filter(({ name }) => name === 'engine')
  return new Map(
    own.map(({ size, threads, best: ms }) => [
      `${size}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      ms / best.get(`${REFERENCE} ${size} ${threads}`),
    ]),
  )
}

import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

interface Page {
  ENGINE_HEAD: string[]
  SET5: Record<string, string>
  engineRows(speed: unknown): string[][]
  renderPage(results: unknown): string
  wholeSpeed(speed: unknown, name: string): string
}
interface Results {
  readResults(): Promise<{ speed: unknown }>
}
interface Table {
  formatTable(head: string[], rows: string[][]): string
}
// Plain JavaScript, whose types the compiler does not know.
const load = (name: string): Promise<unknown> => import(new URL(`../../bench/page/${name}.mjs`, import.meta.url).href)
const { ENGINE_HEAD, engineRows, renderPage, SET5, wholeSpeed } = (await load('measurements')) as Page
const { readResults } = (await load('results')) as Results
const { formatTable } = (await load('table')) as Table

const read = (name: string): Promise<string> => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')
const results = await readResults()

test('the page of measurements is what `pnpm bench page` writes', async () => {
  expect(await read('docs/measurements.md')).toBe(renderPage(results))
})

test('the README has the measured figures', async () => {
  const readme = await read('README.md')
  const [two, one] = [wholeSpeed(results.speed, 'neural(), 2 threads'), wholeSpeed(results.speed, 'neural(), 1 thread')]
  expect(readme).toContain(
    `| ${two} (1 thread: ${one}) | ${SET5['`neural()`']}; \`quality\`: ${SET5["`neural({ model: 'quality' })`"]} |`,
  )
  expect(readme).toContain(`| ${wholeSpeed(results.speed, 'UpscalerJS')} |`)
})

test("the engine's README has the measured ratios", async () => {
  expect(await read('packages/engine/README.md')).toContain(formatTable(ENGINE_HEAD, engineRows(results.speed)))
})

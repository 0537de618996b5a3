// Writes docs/measurements.md from bench/results. Benches that are named are run before: `pnpm bench page speed quality cached`. They take
// a quarter of an hour on an idle machine.
import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describeMachine } from './machine.mjs'
import { BENCHES, RESULTS, readResults } from './page/results.mjs'
import { renderPage } from './page/measurements.mjs'

const PAGE = new URL('../docs/measurements.md', import.meta.url)
const names = process.argv.slice(2)
const unknown = names.find((name) => !Object.hasOwn(BENCHES, name))

if (unknown === undefined) {
  for (const name of names) await measure(name)
  await writeFile(PAGE, renderPage(await readResults()))
} else {
  console.error(`There is no bench '${unknown}' for the page. There are: ${Object.keys(BENCHES).join(', ')}`)
  process.exitCode = 1
}

async function measure(name) {
  const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url))
  console.log(`${name} …`)
  const { status, stdout } = spawnSync(process.execPath, [script, '--json', ...BENCHES[name]], {
    encoding: 'utf8',
    maxBuffer: 1e8,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`${name} ended with exit code ${status}`)
  const { rows: _, ...figures } = JSON.parse(stdout)
  const result = {
    month: new Date().toISOString().slice(0, 7),
    machine: describeMachine(),
    node: process.versions.node,
    ...figures,
  }
  await mkdir(RESULTS, { recursive: true })
  await writeFile(new URL(`${name}.json`, RESULTS), `${JSON.stringify(result, undefined, 2)}\n`)
}

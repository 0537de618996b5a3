import { readFile } from 'node:fs/promises'

export const RESULTS = new URL('../results/', import.meta.url)

/** The benches whose figures are published, and their options. */
export const BENCHES = { speed: [], quality: ['--no-peers'], cached: [] }

/** The published figures, by bench. */
export async function readResults() {
  const entries = Object.keys(BENCHES).map(async (name) => [
    name,
    JSON.parse(await readFile(new URL(`${name}.json`, RESULTS), 'utf8')),
  ])
  return Object.fromEntries(await Promise.all(entries))
}

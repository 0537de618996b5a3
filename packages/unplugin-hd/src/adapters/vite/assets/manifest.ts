import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { normalizePath } from 'unplugin-utils'
import type { Project } from '../project.ts'

/**
 * Renames entries of Vite's `manifest.json`. Vite names an asset by its source file, which here is a staged one: its path differs
 * between machines and cannot be looked up. The entry is named `src/a.jpg?hd` instead.
 * @param manifest Vite's option `build.manifest`
 * @param dir absolute path of the output
 * @returns the new names
 */
export async function renameManifestEntries(
  { config, assets }: Project,
  manifest: true | string,
  dir: string,
): Promise<string[]> {
  const file = path.join(dir, manifest === true ? '.vite/manifest.json' : manifest)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  const entries = text === undefined ? undefined : parseManifest(text)
  if (!entries) return []
  const renamed = [...entries].map(([key, entry]): [string, object] => {
    const reference = assets.referenceTo(normalizePath(path.resolve(config.root, key)))
    return reference === undefined ? [key, entry] : [reference, { ...entry, src: reference }]
  })
  const names = renamed.map(([key]) => key).filter((key) => !entries.has(key))
  if (names.length === 0) return []
  renamed.sort(([one], [other]) => (one < other ? -1 : 1))
  await writeFile(file, JSON.stringify(Object.fromEntries(renamed), undefined, 2))
  return names
}

/** The entries of a manifest; `undefined` if the file is not Vite's manifest, because another plugin wrote its own. */
export function parseManifest(text: string): Map<string, object> | undefined {
  const json = parseJson(text)
  if (!isObject(json)) return undefined
  const entries = new Map<string, object>()
  for (const [key, entry] of Object.entries(json)) {
    if (!isObject(entry)) return undefined
    entries.set(key, entry)
  }
  return entries
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

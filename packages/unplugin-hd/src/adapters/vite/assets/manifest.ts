import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { toSpecifier } from '../paths.ts'
import type { Project } from '../project.ts'

/**
 * In `manifest.json` Vite names an asset by its file, which for a 2x is one in Vite's cache folder: elsewhere on another machine,
 * and unknown to who looks it up. So it is named as the project names it: `src/a.jpg?hd`.
 * @param manifest Vite's option @param dir of the output, absolute
 */
export async function nameManifestEntries(
  { config, names }: Project,
  manifest: boolean | string,
  dir: string | undefined,
): Promise<void> {
  if (manifest === false || dir === undefined || names.size === 0) return
  const file = path.join(dir, manifest === true ? '.vite/manifest.json' : manifest)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return
  const entries = Object.entries(JSON.parse(text) as Record<string, { src?: string }>)
  const named = entries.map(([key, entry]): [string, object] => {
    const name = names.get(toSpecifier(path.resolve(config.root, key)))
    return name === undefined ? [key, entry] : [name, { ...entry, src: name }]
  })
  named.sort(([one], [other]) => (one < other ? -1 : 1))
  await writeFile(file, JSON.stringify(Object.fromEntries(named), undefined, 2))
}

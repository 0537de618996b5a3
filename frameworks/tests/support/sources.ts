import { cp, readdir, rm } from 'node:fs/promises'
import path from 'node:path'

/** What a project has of its own: manifest, dependencies, and what its framework generates. */
const OWN = new Set(['package.json', 'node_modules', 'dist', 'next-env.d.ts'])

/** `astro-7` has the sources of `astro`. */
const VERSIONED_RE = /-\d+$/

/** Brings the sources of a project that consists of a manifest, for another version of its framework. Does nothing for others. */
export async function bringSources(folder: string): Promise<void> {
  if (!VERSIONED_RE.test(folder)) return
  const from = folder.replace(VERSIONED_RE, '')
  for (const name of (await readdir(folder)).filter(isSource)) await rm(path.join(folder, name), { recursive: true })
  for (const name of (await readdir(from)).filter(isSource))
    await cp(path.join(from, name), path.join(folder, name), { recursive: true, dereference: true })
}

function isSource(name: string): boolean {
  return !OWN.has(name) && !name.startsWith('.')
}

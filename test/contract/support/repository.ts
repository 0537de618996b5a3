import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url))

const SKIPPED = new Set(['node_modules', 'dist', 'generated', '.git', 'cache'])

/** The text of a file. @param name relative to the repository */
export function read(name: string): string {
  return readFileSync(path.join(ROOT, name), 'utf8')
}

/** Files below a folder of the repository, relative to the repository, with slashes, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.has(name))
    .flatMap((entry) => {
      const name = path.posix.join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(name) : [name]
    })
    .toSorted()
}

/** The scripts of a `package.json`. */
export function scriptsOf(manifest: string): Record<string, string> {
  return (JSON.parse(read(manifest)) as { scripts?: Record<string, string> }).scripts ?? {}
}

/** What commands in a text start: names of scripts (`pnpm NAME`, `npx -y pnpm@10 NAME`), without pnpm's own commands. */
export function scriptsIn(text: string): string[] {
  const found = [...text.matchAll(/(?<![\w./-])pnpm(?:@10)? (?:-s )?([a-z][\w:]*)(?![\w:@])/g)].map(([, name]) => name!)
  return found.filter((name) => !['install', 'dlx', 'exec', 'add', 'publish', 'pack'].includes(name))
}

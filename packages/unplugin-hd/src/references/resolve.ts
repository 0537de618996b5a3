import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/** Resolves a path without its query from an importer; `undefined` if there is no such file. */
export type Resolve = (specifier: string, importer: string) => Promise<string | undefined>

export interface Alias {
  find: string | RegExp
  replacement: string
}

/** Where the files of a project are. */
export interface ResolveContext {
  /** Absolute path that `/` and aliases start from. */
  root: string
  /** Absolute path; `undefined`: there is none. */
  publicFolder: string | undefined
  aliases: readonly Alias[]
  /** The bundler's own resolver, asked first. */
  own?: Resolve | undefined
}

/** Paths as the bundlers take them: by the bundler itself, else relative, by aliases, from the root, the public folder, and packages. */
export function createResolver({ root, publicFolder, aliases, own }: ResolveContext): Resolve {
  return async (specifier, importer) => {
    const id = await own?.(specifier, importer).catch(() => undefined)
    const found = id === undefined ? undefined : fileAt(id.split('?', 1)[0]!)
    if (found !== undefined) return found
    for (const written of new Set([specifier, decoded(specifier)])) {
      for (const candidate of candidates(written.replace(/^~(?![/])/, ''), importer)) {
        const file = fileAt(candidate)
        if (file !== undefined) return file
      }
    }
    return undefined
  }

  function* candidates(specifier: string, importer: string): Generator<string> {
    for (const { find, replacement } of aliases) {
      const replaced =
        typeof find === 'string' ? replaceStart(specifier, find, replacement) : specifier.replace(find, replacement)
      if (replaced !== undefined && replaced !== specifier) yield path.resolve(root, replaced)
    }
    if (specifier.startsWith('/')) {
      yield path.join(root, specifier)
      if (publicFolder !== undefined) yield path.join(publicFolder, specifier)
      yield specifier
      return
    }
    yield path.resolve(path.dirname(importer), specifier)
    for (const mark of ['~/', '@/'])
      if (specifier.startsWith(mark))
        for (const base of [root, path.join(root, 'src'), path.join(root, 'app')]) yield path.join(base, specifier.slice(2))
    if (!specifier.startsWith('.')) yield* inPackages(specifier, importer)
  }
}

function* inPackages(specifier: string, importer: string): Generator<string> {
  const require = createRequire(importer)
  try {
    yield require.resolve(specifier)
  } catch {
    // A package may not export its images.
  }
  for (const folder of require.resolve.paths(specifier) ?? []) yield path.join(folder, specifier)
}

function replaceStart(specifier: string, find: string, replacement: string): string | undefined {
  if (find.endsWith('$')) return specifier === find.slice(0, -1) ? replacement : undefined
  if (specifier === find) return replacement
  const start = find.endsWith('/') ? find : `${find}/`
  return specifier.startsWith(start) ? path.join(replacement, specifier.slice(start.length)) : undefined
}

function fileAt(file: string): string | undefined {
  return existsSync(file) && statSync(file).isFile() ? path.normalize(file) : undefined
}

function decoded(text: string): string {
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}

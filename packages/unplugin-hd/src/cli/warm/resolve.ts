import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { viteOf } from '../config/load.ts'

/** The file that a path without its query means in an importer; `undefined` when there is none. */
export type Resolve = (specifier: string, importer: string) => Promise<string | undefined>

type Alias = { find: string | RegExp; replacement: string }

/**
 * Paths as the bundler of a project takes them: Vite's own resolver where its configuration is the one in use, else relative paths,
 * aliases of the configuration (`resolve.alias`, `alias`), `/` from the root and the public folder, and packages.
 * @param config of the project, relative to its folder; `null`: there is none
 * @param raw what it exports around the plugin
 */
export async function createResolve(
  folder: string,
  root: string,
  config: string | null,
  raw: Readonly<Record<string, unknown>>,
): Promise<Resolve> {
  const vite =
    config !== null && path.basename(config).startsWith('vite.config.')
      ? await viteResolve(folder, path.join(folder, config))
      : undefined
  const aliases = vite?.aliases ?? aliasesOf(raw)
  const publicFolder = vite?.publicFolder ?? path.join(root, 'public')
  return async (specifier, importer) => {
    const own = await vite?.resolve(specifier, importer).catch(() => undefined)
    const found = own === undefined ? undefined : fileAt(own.split('?', 1)[0]!)
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
      yield path.join(publicFolder, specifier)
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
    // A package need not export its images to whoever only reads them.
  }
  for (const folder of require.resolve.paths(specifier) ?? []) yield path.join(folder, specifier)
}

function replaceStart(specifier: string, find: string, replacement: string): string | undefined {
  if (find.endsWith('$')) return specifier === find.slice(0, -1) ? replacement : undefined
  if (specifier === find) return replacement
  const start = find.endsWith('/') ? find : `${find}/`
  return specifier.startsWith(start) ? path.join(replacement, specifier.slice(start.length)) : undefined
}

/** Of webpack and Rspack (`resolve.alias`), Vite (the same, also as a list), esbuild (`alias`). */
function aliasesOf(raw: Readonly<Record<string, unknown>>): Alias[] {
  const { resolve, alias: own } = raw as { resolve?: { alias?: unknown }; alias?: unknown }
  const alias = resolve?.alias ?? own
  if (Array.isArray(alias)) return alias as Alias[]
  if (typeof alias !== 'object' || alias === null) return []
  return Object.entries(alias).flatMap(([find, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((each) => typeof each === 'string')
      .map((replacement: string) => ({ find, replacement })),
  )
}

async function viteResolve(
  folder: string,
  configFile: string,
): Promise<{ resolve: Resolve; aliases: Alias[]; publicFolder: string | undefined } | undefined> {
  const url = viteOf(folder)
  if (url === undefined) return undefined
  try {
    const { resolveConfig } = (await import(url)) as typeof import('vite')
    const config = await resolveConfig({ configFile, root: path.dirname(configFile), logLevel: 'silent' }, 'build', 'production')
    const resolver = config.createResolver({ asSrc: true })
    return {
      resolve: (specifier, importer) => resolver(specifier, importer),
      aliases: config.resolve.alias as Alias[],
      publicFolder: config.publicDir || undefined,
    }
  } catch {
    // A configuration that only runs with its framework: paths are resolved without it.
    return undefined
  }
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

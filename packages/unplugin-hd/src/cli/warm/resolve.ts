import path from 'node:path'
import { createResolver, type Alias, type Resolve, type ResolveContext } from '../../references/resolve.ts'
import { viteOf } from '../config/load.ts'

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
  return createResolver({ root, publicFolder: path.join(root, 'public'), aliases: aliasesOf(raw), ...vite })
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
): Promise<Pick<ResolveContext, 'own' | 'aliases' | 'publicFolder'> | undefined> {
  const url = viteOf(folder)
  if (url === undefined) return undefined
  try {
    const { resolveConfig } = (await import(url)) as typeof import('vite')
    const config = await resolveConfig({ configFile, root: path.dirname(configFile), logLevel: 'silent' }, 'build', 'production')
    const resolver = config.createResolver({ asSrc: true })
    return {
      own: (specifier, importer) => resolver(specifier, importer),
      aliases: config.resolve.alias as Alias[],
      publicFolder: config.publicDir || undefined,
    }
  } catch {
    // A configuration that only runs with its framework: paths are resolved without it.
    return undefined
  }
}

import type { HdOptions } from '../../options.ts'
import { optionsOf } from '../../plugin-options.ts'

export interface FoundPlugin {
  options: HdOptions
  /** The folder that the configuration around it starts in, as it is written there. */
  root: string | undefined
  /** What holds the plugin, for its aliases. */
  raw: Readonly<Record<string, unknown>>
}

/** Where configurations hold plugins, or further configurations: of Vite in that of a framework, of each part in electron-vite's. */
const HOLDERS = ['plugins', 'integrations', 'vite', 'main', 'preload', 'renderer', 'default'] as const

/** Nuxt's modules are named by their specifier. */
const NUXT_MODULE = 'unplugin-hd/nuxt'

/**
 * Our plugin in what a configuration exports: lists, promises and nothing at all may stand anywhere.
 * @param root of the configuration around it @param seen what was looked at: configurations may hold themselves
 */
export async function findPlugin(
  value: unknown,
  root?: string,
  seen: Set<object> = new Set(),
  raw: Readonly<Record<string, unknown>> = {},
): Promise<FoundPlugin | undefined> {
  const item: unknown = await value
  if (typeof item !== 'object' || item === null || seen.has(item)) return undefined
  seen.add(item)
  if (Array.isArray(item)) return first(item, root, seen, raw)
  const options = optionsOf(item)
  if (options) return { options, root, raw }
  const config = item as Record<string, unknown>
  const inNuxt = nuxtOptions(config)
  if (inNuxt) return { options: inNuxt, root: rootOf(config), raw: config }
  return first(
    HOLDERS.map((key) => config[key]),
    rootOf(config) ?? root,
    seen,
    config,
  )
}

async function first(
  items: readonly unknown[],
  root: string | undefined,
  seen: Set<object>,
  raw: Readonly<Record<string, unknown>>,
): Promise<FoundPlugin | undefined> {
  for (const item of items) {
    const found = await findPlugin(item, root, seen, raw)
    if (found) return found
  }
  return undefined
}

/** By Vite, webpack and Rspack, esbuild, Rolldown, Nuxt. */
function rootOf(config: Record<string, unknown>): string | undefined {
  const root = ['root', 'context', 'absWorkingDir', 'cwd', 'rootDir'].map((key) => config[key]).find((each) => each !== undefined)
  if (root instanceof URL) return decodeURIComponent(root.pathname)
  return typeof root === 'string' ? root : undefined
}

function nuxtOptions({ modules, hd }: Record<string, unknown>): HdOptions | undefined {
  if (!Array.isArray(modules)) return undefined
  const module: unknown = modules.find((each) => each === NUXT_MODULE || (Array.isArray(each) && each[0] === NUXT_MODULE))
  if (module === undefined) return undefined
  const inline = Array.isArray(module) ? (module[1] as HdOptions | undefined) : undefined
  return { ...(hd as HdOptions | undefined), ...inline }
}

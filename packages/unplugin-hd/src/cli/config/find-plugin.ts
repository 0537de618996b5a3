import type { HdOptions } from '../../options.ts'
import { optionsOf } from '../../carried-options.ts'

export interface FoundPlugin {
  options: HdOptions
  /** The root folder of the configuration, as written there. */
  root: string | undefined
  /** The configuration that contains the plugin, for its aliases. */
  raw: Readonly<Record<string, unknown>>
}

/** Keys that contain plugins or nested configurations: Vite's in that of a framework, or the parts of electron-vite's. */
const HOLDERS = ['plugins', 'integrations', 'vite', 'main', 'preload', 'renderer', 'default'] as const

/** Nuxt lists modules by their specifier. */
const NUXT_MODULE = 'unplugin-hd/nuxt'

/**
 * Finds our plugin in an exported configuration, which may contain lists, promises and empty values anywhere.
 * @param root of the surrounding configuration @param seen visited objects, because configurations may be circular
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

/** The names that Vite, webpack and Rspack, esbuild, Rolldown and Nuxt use. */
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

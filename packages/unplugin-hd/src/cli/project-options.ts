import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { errorMessage, HdError } from '@unplugin-hd/core'
import type { HdOptions } from '../options.ts'

/** In the order in which Vite looks for them. */
const CONFIG_FILES = ['js', 'mjs', 'ts', 'cjs', 'mts', 'cts'].map((extension) => `vite.config.${extension}`)

export interface ProjectOptions {
  /** The configuration that they come from, relative to the project. */
  config: string
  /** Where its relative paths start, absolute. */
  root: string
  options: HdOptions
}

/**
 * What the project's Vite configuration gives to this plugin; `undefined` without a configuration, or without the plugin in it.
 * The configuration is run, as every build does.
 * @throws HdError `HD_OPTION` when it cannot be read
 */
export async function projectOptions(root: string): Promise<ProjectOptions | undefined> {
  const config = CONFIG_FILES.find((name) => existsSync(path.join(root, name)))
  if (config === undefined) return undefined
  try {
    const { loadConfigFromFile } = (await import(viteOf(root))) as typeof import('vite')
    const env = { command: 'build', mode: 'production' } as const
    const loaded = await loadConfigFromFile(env, path.join(root, config), root, 'silent')
    const plugins = await flatten(loaded?.config.plugins)
    const own = plugins.find(({ name }) => name === 'unplugin-hd') as { api?: { options?: HdOptions } } | undefined
    const options = own?.api?.options
    return options && { config, root: path.resolve(root, loaded?.config.root ?? '.'), options }
  } catch (cause) {
    const remedy = 'Does `vite build` run here?'
    throw new HdError('HD_OPTION', `it cannot be read: ${errorMessage(cause)}`, { file: config, remedy, cause })
  }
}

/** The project's own Vite, not one that happens to be near this package. */
function viteOf(root: string): string {
  return pathToFileURL(createRequire(path.join(root, 'package.json')).resolve('vite')).href
}

/** Plugins may be lists, promises, and nothing at all. */
async function flatten(plugins: unknown): Promise<{ name?: string }[]> {
  const plugin = await plugins
  if (Array.isArray(plugin)) return (await Promise.all(plugin.map(flatten))).flat()
  return typeof plugin === 'object' && plugin !== null ? [plugin] : []
}

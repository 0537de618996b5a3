import path from 'node:path'
import { errorMessage, HdError } from '@unplugin-hd/core'
import type { HdOptions } from '../../options.ts'
import { configFiles } from './files.ts'
import { findPlugin } from './find-plugin.ts'
import { loadConfig } from './load.ts'

export interface ProjectOptions {
  /** The configuration file, relative to the project. */
  config: string
  /** The base of relative paths; absolute. */
  root: string
  options: HdOptions
  /** The configuration that contains the plugin. */
  raw: Readonly<Record<string, unknown>>
}

/**
 * The plugin's options in a configuration of the project; `undefined` if none contains the plugin. This runs configurations, as every
 * build does.
 * @param folder of the project, absolute
 * @param config a configuration of any bundler, absolute; no other one is read. @default the usual file names in the project
 * @throws HdError `HD_OPTION` if it cannot be read, or was given explicitly and does not contain the plugin
 */
export async function projectOptions(folder: string, config?: string): Promise<ProjectOptions | undefined> {
  if (config !== undefined) {
    const name = path.relative(folder, config)
    const found = await read(folder, name)
    if (found) return found
    throw new HdError('HD_OPTION', 'the configuration does not contain the plugin', {
      file: name,
      remedy: "Export the configuration, or an object with 'plugins'",
    })
  }
  let failure: unknown
  for (const name of configFiles(folder)) {
    try {
      const found = await read(folder, name)
      if (found) return found
    } catch (error) {
      failure ??= error
    }
  }
  if (failure !== undefined) throw failure
  return undefined
}

/** @param name relative to the folder */
async function read(folder: string, name: string): Promise<ProjectOptions | undefined> {
  const file = path.join(folder, name)
  try {
    const found = await findPlugin(await loadConfig(file, folder))
    return found && { config: name, root: path.resolve(folder, found.root ?? '.'), options: found.options, raw: found.raw }
  } catch (cause) {
    const remedy = 'Check that a build with it works'
    throw new HdError('HD_OPTION', `the configuration cannot be read: ${errorMessage(cause)}`, { file: name, remedy, cause })
  }
}

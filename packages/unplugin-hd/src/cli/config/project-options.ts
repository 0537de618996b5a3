import path from 'node:path'
import { errorMessage, HdError } from '@unplugin-hd/core'
import type { HdOptions } from '../../options.ts'
import { configFiles } from './files.ts'
import { findPlugin } from './find-plugin.ts'
import { loadConfig } from './load.ts'

export interface ProjectOptions {
  /** The configuration that they come from, relative to the project. */
  config: string
  /** Where its relative paths start, absolute. */
  root: string
  options: HdOptions
  /** What holds the plugin in it. */
  raw: Readonly<Record<string, unknown>>
}

/**
 * What a configuration of the project gives to this plugin; `undefined` when none of them has it. Configurations are run, as
 * every build does.
 * @param folder of the project, absolute
 * @param config of any bundler, absolute: the only one to be looked at. @default those of the project, by their usual names
 * @throws HdError `HD_OPTION` when it cannot be read, or was named and has no plugin
 */
export async function projectOptions(folder: string, config?: string): Promise<ProjectOptions | undefined> {
  if (config !== undefined) {
    const name = path.relative(folder, config)
    const found = await read(folder, name)
    if (found) return found
    throw new HdError('HD_OPTION', 'there is no plugin of unplugin-hd in what it exports', {
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
    const remedy = 'Does a build run here?'
    throw new HdError('HD_OPTION', `it cannot be read: ${errorMessage(cause)}`, { file: name, remedy, cause })
  }
}

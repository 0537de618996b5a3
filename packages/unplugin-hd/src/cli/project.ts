import path from 'node:path'
import { resolveHdOptions, type HdOptions, type ResolvedHdOptions } from '../options.ts'
import { cacheRoot } from './cache-root.ts'
import { projectOptions } from './config/project-options.ts'
import type { CliContext } from './context.ts'

/** The project that a command works on. */
export interface Project {
  /** The base of relative paths in options; absolute. */
  root: string
  /** The configuration file, relative to the project; `null` if there is none and the defaults apply. */
  config: string | null
  options: ResolvedHdOptions
  /** The folder of the project, to which `config` is relative; absolute. */
  folder: string
  /** The configuration that contains the plugin. */
  raw: Readonly<Record<string, unknown>>
}

/**
 * Reads the project that a command runs in.
 * @param config as the user wrote it. @default that of the project
 * @param defaults options if there is none
 * @throws HdError `HD_OPTION` if a configuration cannot be read, or its options are wrong
 */
export async function readProject(
  { cwd }: Pick<CliContext, 'cwd'>,
  config: string | undefined,
  defaults: () => Promise<HdOptions> = async () => ({}),
): Promise<Project> {
  const { root, cacheDir } = cacheRoot(cwd, process.env)
  const project = await projectOptions(root, config === undefined ? undefined : path.resolve(cwd, config))
  if (project) {
    const options = resolveHdOptions(project.options, project.root)
    return { root: project.root, config: project.config, options, folder: root, raw: project.raw }
  }
  const given = { ...(await defaults()), ...(cacheDir === undefined ? {} : { cache: { dir: cacheDir } }) }
  return { root, config: null, options: resolveHdOptions(given, root), folder: root, raw: {} }
}

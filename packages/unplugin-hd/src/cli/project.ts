import path from 'node:path'
import { resolveHdOptions, type HdOptions, type ResolvedHdOptions } from '../options.ts'
import { cacheRoot } from './cache-root.ts'
import { projectOptions } from './config/project-options.ts'
import type { CliContext } from './context.ts'

/** What a command works with. */
export interface Project {
  /** Absolute; relative paths of the options start here. */
  root: string
  /** Where the options come from, relative to the project; `null`: there is no configuration, so the defaults count. */
  config: string | null
  options: ResolvedHdOptions
  /** Absolute; the configuration is named relative to it. */
  folder: string
  /** What holds the plugin in the configuration. */
  raw: Readonly<Record<string, unknown>>
}

/**
 * The project that a command runs in.
 * @param config as the user wrote it. @default that of the project
 * @param defaults where there is none
 * @throws HdError `HD_OPTION` when a configuration cannot be read, or its options are wrong
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

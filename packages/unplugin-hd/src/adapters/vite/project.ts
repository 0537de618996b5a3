import { visible } from '@unplugin-hd/core'
import type { ResolvedConfig } from 'vite'
import type { HdOptions } from '../../options.ts'
import { createSession, type Session } from '../../session/session.ts'
import { createStagedFiles, type StagedFiles } from './assets/staged-files.ts'

/** What the hooks of one plugin instance share, once Vite's configuration is known. */
export interface Project {
  readonly config: ResolvedConfig
  readonly session: Session
  readonly staged: StagedFiles
  /** Names of the staged files by what they are to the user: `src/a.jpg?hd`. */
  readonly names: Map<string, string>
  warn(message: string): void
}

/** @throws Error with `HD_OPTION` when the options are wrong */
export function createProject(options: HdOptions, config: ResolvedConfig): Project {
  const warn = (message: string): void => config.logger.warn(`unplugin-hd: ${visible(message)}`)
  const session = createSession(options, {
    root: config.root,
    quiet: config.logLevel !== undefined && config.logLevel !== 'info',
    warn,
    dev: () => config.command === 'serve',
  })
  return { config, session, staged: createStagedFiles(config.cacheDir), names: new Map(), warn }
}

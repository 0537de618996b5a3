import type { ResolvedConfig } from 'vite'
import type { HdOptions } from '../../options.ts'
import { createSession, type Session } from '../../session.ts'

/** What the hooks of one plugin instance share, once Vite's configuration is known. */
export interface Project {
  readonly config: ResolvedConfig
  readonly session: Session
  /** Names of the files in the cache folder by what they are to the user: `src/a.jpg?hd`. */
  readonly names: Map<string, string>
  warn(message: string): void
}

/** @throws Error with `HD_OPTION` when the options are wrong */
export function createProject(options: HdOptions, config: ResolvedConfig): Project {
  const warn = (message: string): void => config.logger.warn(`unplugin-hd: ${message}`)
  const session = createSession(options, {
    root: config.root,
    quiet: config.logLevel !== undefined && config.logLevel !== 'info',
    warn,
    dev: () => config.command === 'serve',
  })
  return { config, session, names: new Map(), warn }
}

import { visible } from '@unplugin-hd/core'
import type { ResolvedConfig } from 'vite'
import type { HdOptions } from '../../options.ts'
import { createSession, type Session } from '../../session/session.ts'
import { createAssetFiles, type AssetFiles } from './assets/asset-files.ts'

/** What the hooks of one run share, once Vite's configuration is resolved. */
export interface Project {
  readonly config: ResolvedConfig
  readonly session: Session
  readonly assets: AssetFiles
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
  return { config, session, assets: createAssetFiles(config), warn }
}

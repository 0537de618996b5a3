import type { Session } from '../session.ts'

/**
 * Loaders are loaded by the bundler, maybe as another copy of this module, so plugin and loader meet on the global object.
 */
const REGISTRY = Symbol.for('unplugin-hd.sessions')
const global = globalThis as { [REGISTRY]?: Map<string, Session> }

/** Two compilers of one project with the same options may share: the later session answers for both. */
export function registerSession(root: string, key: string, session: Session): void {
  const registry = (global[REGISTRY] ??= new Map())
  registry.set(`${root}\0${key}`, session)
}

/** @throws Error when the plugin is not in the configuration of this compiler */
export function sessionOf(root: string, key: string): Session {
  const session = global[REGISTRY]?.get(`${root}\0${key}`)
  if (!session) throw new Error(`unplugin-hd's loader runs only beside its plugin, in the same process (${root})`)
  return session
}

import type { Session } from '../session.ts'

/** What webpack and Rspack tell of a compiler; a child's root is the one that the plugin was applied to. */
interface CompilerLike {
  root?: CompilerLike
}

/**
 * Loaders are loaded by the bundler, maybe as another copy of this module, so plugin and loader meet on the global object.
 * Each compiler has its own session: one that ends must not end the work of another.
 */
const REGISTRY = Symbol.for('unplugin-hd.sessions')
const global = globalThis as { [REGISTRY]?: WeakMap<object, Session> }

export function registerSession(compiler: CompilerLike, session: Session): void {
  const registry = (global[REGISTRY] ??= new WeakMap())
  registry.set(compiler.root ?? compiler, session)
}

/** @throws Error when the plugin is not in the configuration of this compiler */
export function sessionOf(compiler: CompilerLike | undefined): Session {
  const session = compiler && global[REGISTRY]?.get(compiler.root ?? compiler)
  if (!session) throw new Error(`unplugin-hd's loader runs only beside its plugin, in the same process`)
  return session
}

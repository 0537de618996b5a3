import type { Session } from '../../session/session.ts'

/** A session whose errors are kept until the compilation ends, so that they are printed as they are, without the loader's name. */
export interface WebpackSession extends Session {
  /** Keeps an error, or throws it where the bundler is to stop at the first. */
  fail(error: unknown): void
}

/** The part of a compiler that is used here. The root of a child compiler is the one that the plugin was applied to. */
interface CompilerLike {
  root?: CompilerLike
}

/**
 * Loaders are loaded by the bundler, maybe as another copy of this module, so plugin and loader meet on the global object.
 * Each compiler has its own session: one that ends must not end the work of another.
 */
const REGISTRY = Symbol.for('unplugin-hd.sessions')
const global = globalThis as { [REGISTRY]?: WeakMap<object, WebpackSession> }

export function registerSession(compiler: CompilerLike, session: WebpackSession): void {
  const registry = (global[REGISTRY] ??= new WeakMap())
  registry.set(compiler.root ?? compiler, session)
}

/** @throws Error when the plugin is not in the configuration of this compiler */
export function sessionOf(compiler: CompilerLike | undefined): WebpackSession {
  const session = compiler && global[REGISTRY]?.get(compiler.root ?? compiler)
  if (!session) throw new Error(`unplugin-hd's loader needs its plugin in the same process`)
  return session
}

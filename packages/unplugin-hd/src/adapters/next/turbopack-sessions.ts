import { createSession, type Session } from '../../session/session.ts'
import type { LoaderOptions } from './loader-options.ts'
import { readOptionsModule } from './options-module.ts'

/** A session in one of Turbopack's processes, which knows no end of the build. */
export interface LoaderSession {
  session: Session
  /** Returns the warnings since the last call. */
  takeWarnings(): string[]
}

/** By options: a dev server may be given others while it runs. */
const sessions = new Map<string, LoaderSession>()

/** @param root absolute path of the project */
export function loaderSession(options: LoaderOptions, root: string): LoaderSession {
  const name = JSON.stringify([root, options])
  let session = sessions.get(name)
  if (!session) sessions.set(name, (session = open(options, root)))
  return session
}

function open({ options, dev }: LoaderOptions, root: string): LoaderSession {
  let warnings = new Set<string>()
  const given = typeof options === 'string' ? readOptionsModule(options) : options
  const session = createSession(given, { root, quiet: false, warn: (message) => void warnings.add(message), dev: () => dev })
  return {
    session,
    takeWarnings() {
      const taken = [...warnings]
      warnings = new Set()
      return taken
    },
  }
}

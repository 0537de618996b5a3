import { Engine } from './engine.ts'
import type { WorkerSettings } from './protocol.ts'

/** The engines of this process by their settings, each with the upscalers that use it. */
const engines = new Map<string, { engine: Engine; users: Set<object> }>()

const SCRIPT = new URL('./worker.mjs', import.meta.url)

/** The engine for these settings, shared by all who ask with the same `key`; `user` holds it until {@link returnEngine}. */
export function borrowEngine(key: string, user: object, settings: () => WorkerSettings): Engine {
  let entry = engines.get(key)
  if (entry === undefined) {
    entry = { engine: new Engine(SCRIPT, settings), users: new Set() }
    engines.set(key, entry)
  }
  entry.users.add(user)
  return entry.engine
}

/** Gives the engine back; its worker ends with its last user. */
export async function returnEngine(key: string, user: object): Promise<void> {
  const entry = engines.get(key)
  if (entry === undefined || !entry.users.delete(user) || entry.users.size > 0) return
  engines.delete(key)
  await entry.engine.stop()
}

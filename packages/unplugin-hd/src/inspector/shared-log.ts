import { createImageLog, type ImageLog } from './image-log.ts'

/**
 * Frameworks build in several steps, each with a plugin of its own, perhaps from another copy of this module. A report is about all
 * of them, so the logs are on the global object.
 */
const LOGS = Symbol.for('unplugin-hd.image-logs')
const global = globalThis as { [LOGS]?: Map<string, ImageLog> }

/** The log of all builds in this process that write the same report. @param page absolute path @param root of the build */
export function sharedImageLog(page: string, root: string): ImageLog {
  const logs = (global[LOGS] ??= new Map())
  const key = `${page}\0${root}`
  const log = logs.get(key) ?? createImageLog(root)
  logs.set(key, log)
  return log
}

import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'

/** The holder of a lock, as written to the lock file. */
export interface Owner {
  pid: number
  host: string
  /** Start of the process in milliseconds since 1970: pids are reused, above all in containers. */
  started: number
  /** Unique for this lock. */
  token: string
}

/** Tolerance when start times of the same process are compared. */
const START_GRAIN_MS = 2_000

/** This process as the owner of a new lock. */
export function thisProcess(): Owner {
  return { pid: process.pid, host: hostname(), started: processStart(), token: randomUUID() }
}

/** The owner named in a lock file; `undefined` when the file is gone or names none. */
export async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    return isOwner(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** True when the owner is certainly gone. Never certain for another host or container. */
export function isDead({ pid, host, started }: Owner): boolean {
  if (host !== hostname()) return false
  // Our own pid: another thread of this process, or a dead process that had the same pid.
  if (pid === process.pid) return Math.abs(started - processStart()) > START_GRAIN_MS
  return !isAlive(pid)
}

/** For messages: `process 4711 on ci-2`. */
export function nameOf({ pid, host }: Owner): string {
  return `process ${pid}${host === hostname() ? '' : ` on ${host}`}`
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false
  const { pid, host, started, token } = value as Partial<Record<keyof Owner, unknown>>
  return Number.isSafeInteger(pid) && typeof host === 'string' && typeof started === 'number' && typeof token === 'string'
}

function processStart(): number {
  return Math.round(Date.now() - 1000 * process.uptime())
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: the process exists but belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

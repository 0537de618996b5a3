import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'

/** Whoever holds a lock: what is written into its file. */
export interface Owner {
  pid: number
  host: string
  /** When the process started, milliseconds since 1970: pids are used again, above all in containers. */
  started: number
  /** Of this lock alone. */
  token: string
}

/** Two computations of when this process started differ by less. */
const START_GRAIN_MS = 2_000

/** This process, as the owner of a lock that it is about to take. */
export function thisProcess(): Owner {
  return { pid: process.pid, host: hostname(), started: processStart(), token: randomUUID() }
}

/** The owner that a lock file names; `undefined` when it is gone, or names none. */
export async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    return isOwner(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Whether the owner is certainly no more. Of another host, or in another container, nothing is certain. */
export function isDead({ pid, host, started }: Owner): boolean {
  if (host !== hostname()) return false
  // Our own pid: another thread or copy of this process, or a dead namesake that started at another time.
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
    // EPERM: it is there, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

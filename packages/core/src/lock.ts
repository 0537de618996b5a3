import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { HdError, isHdError } from './errors.ts'

/** The owner renews its lock this often. */
const HEARTBEAT_MS = 5_000

/** A lock that nobody renewed for this long has no owner any more, whatever its text says. */
const STALE_MS = 30_000

/** A lock without text is one that was created this moment, or whose owner died at that very moment. */
const EMPTY_STALE_MS = 2_000

const POLL_MS = 25
const MAX_POLL_MS = 250

interface Owner {
  pid: number
  host: string
  token: string
}

/** Tokens of the locks that this process holds: a file with our pid and another token was left by a dead namesake. */
const held = new Set<string>()

/**
 * Runs `work` while no other process runs work under the same lock file. Unlike the lock libraries of the registry it knows
 * at once when the owner was killed (same host: the pid is asked), so that a build after a crash does not wait; an owner on
 * another host, or in another container, is waited for until it stops renewing. In the worst race two owners work at once:
 * that costs time, never data, because entries are replaced whole.
 * @param file absolute path; its folder is made
 * @param onUnlockable called when the file cannot be made at all (read-only folder); `work` then runs without a lock
 * @throws HdError `HD_ABORTED` when `signal` aborts while waiting
 */
export async function withLock<T>(
  file: string,
  signal: AbortSignal,
  work: () => Promise<T>,
  onUnlockable: (error: unknown) => void,
): Promise<T> {
  const token = await acquire(file, signal).catch((error: unknown) => {
    if (isHdError(error)) throw error
    onUnlockable(error)
    return undefined
  })
  if (token === undefined) return work()
  const heartbeat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), HEARTBEAT_MS)
  heartbeat.unref()
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    await release(file, token)
  }
}

async function acquire(file: string, signal: AbortSignal): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true })
  const owner: Owner = { pid: process.pid, host: hostname(), token: randomUUID() }
  held.add(owner.token)
  for (let wait = POLL_MS; ; wait = Math.min(2 * wait, MAX_POLL_MS)) {
    if (await create(file, owner)) return owner.token
    if (await isAbandoned(file)) {
      await remove(file)
      continue
    }
    try {
      await delay(wait, undefined, { signal })
    } catch (cause) {
      held.delete(owner.token)
      throw new HdError('HD_ABORTED', 'cancelled while another process was working on the same picture', { cause })
    }
  }
}

async function create(file: string, owner: Owner): Promise<boolean> {
  try {
    const handle = await open(file, 'wx')
    try {
      await handle.writeFile(JSON.stringify(owner))
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Windows answers EPERM while a deleted file is still open somewhere.
    if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) return false
    held.delete(owner.token)
    throw error
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const facts = await stat(file).catch(() => undefined)
  if (!facts) return false
  const age = Date.now() - facts.mtimeMs
  if (age > STALE_MS) return true
  const owner = await readOwner(file)
  if (!owner) return age > EMPTY_STALE_MS
  if (owner.host !== hostname()) return false
  if (owner.pid === process.pid) return !held.has(owner.token)
  return !isAlive(owner.pid)
}

/**
 * Two waiters may both find the lock abandoned, and the slower one must not remove the lock that the faster one has made
 * since: so it is moved aside first, looked at again, and put back if it has an owner.
 */
async function remove(file: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch {
    return
  }
  if (await isAbandoned(aside)) await rm(aside, { force: true })
  else await rename(aside, file).catch(() => undefined)
}

async function release(file: string, token: string): Promise<void> {
  held.delete(token)
  const owner = await readOwner(file)
  if (owner?.token === token) await rm(file, { force: true }).catch(() => undefined)
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner
  } catch {
    return undefined
  }
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

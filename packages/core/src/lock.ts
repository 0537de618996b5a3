import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises'
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

/** Removing an abandoned lock takes some file operations; who needs longer was killed meanwhile. */
const GUARD_STALE_MS = 10_000

/** Two computations of when this process started differ by less. */
const START_GRAIN_MS = 2_000

/** Tries at a file that Windows denies although there is none, before the folder counts as read-only. */
const MAX_DENIED = 20

const POLL_MS = 25
const MAX_POLL_MS = 250

interface Owner {
  pid: number
  host: string
  /** When the process started, milliseconds since 1970: pids are used again, above all in containers. */
  started: number
  token: string
}

/** Tokens of the locks that this copy of the module holds; another thread of this process has one of its own. */
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
  const owner: Owner = { pid: process.pid, host: hostname(), started: processStart(), token: randomUUID() }
  held.add(owner.token)
  try {
    await waitFor(file, owner, signal)
  } catch (error) {
    held.delete(owner.token)
    throw error
  }
  return owner.token
}

async function waitFor(file: string, owner: Owner, signal: AbortSignal): Promise<void> {
  let denied = 0
  for (let wait = POLL_MS; ; wait = Math.min(2 * wait, MAX_POLL_MS)) {
    const outcome = await create(file, owner)
    if (outcome === undefined) return
    denied = outcome.code === 'EEXIST' ? 0 : denied + 1
    if (denied > MAX_DENIED) throw outcome
    if ((await isAbandoned(file)) && (await remove(file))) continue
    await delay(wait, undefined, { signal }).catch((cause: unknown) => {
      throw new HdError('HD_ABORTED', 'cancelled while another process was working on the same picture', { cause })
    })
  }
}

/** `undefined` when the lock is ours now, or the reason why it may be so later. @throws when it never will */
async function create(file: string, owner: Owner): Promise<NodeJS.ErrnoException | undefined> {
  let handle
  try {
    handle = await open(file, 'wx')
  } catch (error) {
    const reason = error as NodeJS.ErrnoException
    // Windows answers EPERM while a deleted file is still open somewhere, and also when the folder is read-only.
    if (reason.code === 'EEXIST' || (reason.code === 'EPERM' && process.platform === 'win32')) return reason
    throw error
  }
  try {
    await handle.writeFile(JSON.stringify(owner))
    await handle.close()
    return undefined
  } catch (error) {
    // A full disk: without its text the file would keep others waiting.
    await handle.close().catch(() => undefined)
    await rm(file, { force: true }).catch(() => undefined)
    throw error
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const facts = await stat(file).catch(() => undefined)
  if (!facts) return false
  // Whoever wrote a time of the future has another clock, which must not keep us waiting for an hour.
  const age = Math.abs(Date.now() - facts.mtimeMs)
  if (age > STALE_MS) return true
  const owner = await readOwner(file)
  if (!owner) return age > EMPTY_STALE_MS
  if (owner.host !== hostname()) return false
  // Our own pid: this copy, another thread or copy of this process, or a dead namesake that started at another time.
  if (owner.pid === process.pid) return !held.has(owner.token) && Math.abs(owner.started - processStart()) > START_GRAIN_MS
  return !isAlive(owner.pid)
}

/**
 * Two waiters may both find the lock abandoned, and the slower one must not remove the lock that the faster one has made
 * since: so one at a time looks again and removes. (To move the file aside and back would revive a lock that was released in
 * between.)
 * @returns false when somebody else is about to remove it
 */
async function remove(file: string): Promise<boolean> {
  const guard = `${file}.remove`
  if (!(await createGuard(guard))) return false
  try {
    if (await isAbandoned(file)) await rm(file, { force: true })
    return true
  } finally {
    await rm(guard, { force: true }).catch(() => undefined)
  }
}

async function createGuard(guard: string): Promise<boolean> {
  try {
    const handle = await open(guard, 'wx')
    await handle.close()
    return true
  } catch {
    const facts = await stat(guard).catch(() => undefined)
    const left = facts && Math.abs(Date.now() - facts.mtimeMs) > GUARD_STALE_MS
    if (left) await rm(guard, { force: true }).catch(() => undefined)
    return false
  }
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

import type { Stats } from 'node:fs'
import { lstat, mkdir, open, rm, utimes, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { HdError } from '../errors.ts'
import { isDead, nameOf, readOwner, thisProcess, type Owner } from './lock-owner.ts'

/** The owner renews its lock this often. */
const HEARTBEAT_MS = 5_000

/** A lock that nobody renewed for this long has no owner any more, whatever its text says. */
const STALE_MS = 30_000

/** A lock without text is one that was created this moment, or whose owner died at that very moment. */
const EMPTY_STALE_MS = 2_000

/** Removing an abandoned lock takes some file operations; who needs longer was killed meanwhile. */
const GUARD_STALE_MS = 10_000

/** Tries at a file that Windows denies although there is none, before the folder counts as read-only. */
const MAX_DENIED = 20

/** Tries at a file whose folder somebody deletes under our hands. */
const MAX_OPENS = 5

const POLL_MS = 25
const MAX_POLL_MS = 250

/** Tokens of the locks that this copy of the module holds; another thread of this process has one of its own. */
const held = new Set<string>()

/** Names of the files that are made here: of locks, and of guards. */
export const LOCK_RE: RegExp = /^[\da-f]{64}\.lock(?:\.remove)?$/

/** A wait that is longer than this is told. */
const LONG_WAIT_MS = 5_000

/** A lock that this process holds. */
export interface Lock {
  release(): Promise<void>
}

/**
 * Takes a lock that no other process, thread or copy of this module holds. Unlike the lock libraries of the registry it
 * knows at once when the owner was killed (same host: the pid is asked), so that a build after a crash does not wait; an
 * owner on another host, or in another container, is waited for until it stops renewing. In the worst race two owners work at
 * once: that costs time, never data, because entries are replaced whole.
 * @param file absolute path; its folder is made
 * @returns `undefined` when somebody else has it: see {@link waitUntilFree}
 * @throws HdError `HD_CACHE_IO` when something lies there that is no lock; the system's error when the file cannot be made at
 * all (read-only folder)
 */
export async function tryLock(file: string): Promise<Lock | undefined> {
  const owner = thisProcess()
  held.add(owner.token)
  try {
    if (await take(file, owner)) return hold(file, owner.token)
  } catch (error) {
    held.delete(owner.token)
    throw error
  }
  held.delete(owner.token)
  return undefined
}

async function take(file: string, owner: Owner): Promise<boolean> {
  for (let denied = 0; ; denied++) {
    const reason = await create(file, owner)
    if (reason === undefined) return true
    if (await lockFacts(file)) {
      if ((await isAbandoned(file)) && (await remove(file))) continue
      return false
    }
    if (reason.code === 'EEXIST') return false
    if (denied === MAX_DENIED) throw reason
    await delay(POLL_MS)
  }
}

/**
 * Resolves when the lock is gone or has no owner any more: then it is worth trying again.
 * @param onLongWait called once, after five seconds, with a text that says what is waited for
 * @throws HdError `HD_ABORTED` when `signal` aborts; `HD_CACHE_IO` when something lies there that is no lock
 */
export async function waitUntilFree(file: string, signal: AbortSignal, onLongWait: (message: string) => void): Promise<void> {
  const begun = performance.now()
  let told = false
  for (let wait = POLL_MS; ; wait = Math.min(2 * wait, MAX_POLL_MS)) {
    await delay(wait, undefined, { signal }).catch((cause: unknown) => {
      throw new HdError('HD_ABORTED', 'cancelled while another process was working on the same image', { cause })
    })
    if (!(await lockFacts(file)) || (await isAbandoned(file))) return
    if (told || performance.now() - begun < LONG_WAIT_MS) continue
    told = true
    onLongWait(await describeWait(file))
  }
}

async function describeWait(file: string): Promise<string> {
  const owner = await readOwner(file)
  const who = owner ? nameOf(owner) : 'another process'
  return `waiting for ${who}, which works on the same image (lock: ${file})`
}

function hold(file: string, token: string): Lock {
  const heartbeat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), HEARTBEAT_MS)
  heartbeat.unref()
  return {
    async release() {
      clearInterval(heartbeat)
      held.delete(token)
      const owner = await readOwner(file)
      if (owner?.token === token) await rm(file, { force: true }).catch(() => undefined)
    },
  }
}

/** `undefined` when the lock is ours now, or the reason why it may be so later. @throws when it never will */
async function create(file: string, owner: Owner): Promise<NodeJS.ErrnoException | undefined> {
  let handle
  try {
    handle = await openNew(file)
  } catch (error) {
    const reason = error as NodeJS.ErrnoException
    // Windows answers EPERM while a deleted file is still open somewhere, and also when the folder is read-only.
    const isLater = reason.code === 'EEXIST' || (reason.code === 'EPERM' && process.platform === 'win32')
    // A folder that cannot be made fails with the same codes.
    if (isLater && reason.syscall === 'open') return reason
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

/** Opens a file that must not be there yet; its folder is made, again when it is deleted meanwhile. */
async function openNew(file: string): Promise<FileHandle> {
  for (let attempt = 1; ; attempt++) {
    await mkdir(path.dirname(file), { recursive: true })
    try {
      return await open(file, 'wx')
    } catch (error) {
      if (attempt === MAX_OPENS || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

/**
 * Of a lock or a guard; `undefined` when it is not there.
 * @throws HdError `HD_CACHE_IO` when it is a folder, a link, or anything else that nobody would ever remove
 */
async function lockFacts(file: string): Promise<Stats | undefined> {
  const facts = await lstat(file).catch(() => undefined)
  if (!facts || facts.isFile()) return facts
  const kind = facts.isDirectory() ? 'a folder' : facts.isSymbolicLink() ? 'a link' : 'no regular file'
  throw new HdError('HD_CACHE_IO', `expected a lock file at ${file}, it is ${kind}`, {
    remedy: 'Delete it, and run the build again',
  })
}

async function isAbandoned(file: string): Promise<boolean> {
  const facts = await lockFacts(file)
  if (!facts) return false
  // Whoever wrote a time of the future has another clock, which must not keep us waiting for an hour.
  const age = Math.abs(Date.now() - facts.mtimeMs)
  if (age > STALE_MS) return true
  const owner = await readOwner(file)
  if (!owner) return age > EMPTY_STALE_MS
  return !held.has(owner.token) && isDead(owner)
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
    const facts = await lockFacts(guard)
    const left = facts && Math.abs(Date.now() - facts.mtimeMs) > GUARD_STALE_MS
    if (left) await rm(guard, { force: true }).catch(() => undefined)
    return false
  }
}

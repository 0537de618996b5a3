import type { Stats } from 'node:fs'
import { lstat, mkdir, open, rm, utimes, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { HdError } from '../errors.ts'
import { isDead, nameOf, readOwner, thisProcess, type Owner } from './lock-owner.ts'

/** Interval at which the owner renews its lock. */
const HEARTBEAT_MS = 5_000

/** A lock not renewed for this long is stale, whatever it says. */
const STALE_MS = 30_000

/** An empty lock file was created just now, or its owner died while creating it. */
const EMPTY_STALE_MS = 2_000

/** Removing a stale lock takes a few file operations; a guard older than this is stale itself. */
const GUARD_STALE_MS = 10_000

/** Attempts when Windows denies access to a file that does not exist, before the folder counts as read-only. */
const MAX_DENIED = 20

/** Attempts when the folder is deleted meanwhile. */
const MAX_OPENS = 5

const POLL_MS = 25
const MAX_POLL_MS = 250

/** Tokens of the locks held by this copy of the module; other threads have their own copy. */
const held = new Set<string>()

/** File names of locks and guards. */
export const LOCK_RE: RegExp = /^[\da-f]{64}\.lock(?:\.remove)?$/

/** Longer waits are reported. */
const LONG_WAIT_MS = 5_000

/** A lock that this process holds. */
export interface Lock {
  release(): Promise<void>
}

/**
 * Takes a lock against other processes, threads and copies of this module. Unlike the lock libraries on npm it detects at once
 * that the owner was killed (by its pid, on the same host), so a build after a crash does not wait. A lock from another host or
 * container is stale when it is no longer renewed. In the worst race two owners work at once, which costs time but no data,
 * because entries are replaced atomically.
 * @param file absolute path; its folder is created
 * @returns `undefined` when the lock is taken: see {@link waitUntilFree}
 * @throws HdError `HD_CACHE_IO` when the path is not a lock file; the system error when the file cannot be created (read-only
 * folder)
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
 * Resolves when the lock is released or stale, so that it can be tried again.
 * @param onLongWait called once after five seconds, with a message that names the owner
 * @throws HdError `HD_ABORTED` when `signal` aborts; `HD_CACHE_IO` when the path is not a lock file
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

/** `undefined` when the lock was created, or the error after which trying again makes sense. @throws other errors */
async function create(file: string, owner: Owner): Promise<NodeJS.ErrnoException | undefined> {
  let handle
  try {
    handle = await openNew(file)
  } catch (error) {
    const reason = error as NodeJS.ErrnoException
    if (mayPass(reason)) return reason
    throw error
  }
  try {
    await handle.writeFile(JSON.stringify(owner))
    await handle.close()
    return undefined
  } catch (error) {
    // Disk full: an empty lock file would keep others waiting.
    await handle.close().catch(() => undefined)
    await rm(file, { force: true }).catch(() => undefined)
    throw error
  }
}

/** True for an error of `open` after which trying again makes sense. */
export function mayPass({ code, syscall }: NodeJS.ErrnoException, platform: NodeJS.Platform = process.platform): boolean {
  // Creating the folder fails with the same codes.
  if (syscall !== 'open') return false
  // Windows answers EPERM while a deleted file is still open somewhere, and also when the folder is read-only.
  return code === 'EEXIST' || (code === 'EPERM' && platform === 'win32')
}

/** Creates a file that must not exist yet, and its folder, also when that is deleted meanwhile. */
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
 * Stats of a lock or a guard; `undefined` when it does not exist.
 * @throws HdError `HD_CACHE_IO` when it is a folder, a link, or anything else that will never be released
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
  // A time in the future comes from another clock and must not make us wait.
  const age = Math.abs(Date.now() - facts.mtimeMs)
  if (age > STALE_MS) return true
  const owner = await readOwner(file)
  if (!owner) return age > EMPTY_STALE_MS
  return !held.has(owner.token) && isDead(owner)
}

/**
 * Two waiters may both find a stale lock, and the slower one must not remove the new lock of the faster one. A guard file lets one
 * waiter at a time check again and remove. (Moving the file aside and back could revive a released lock.)
 * @returns false when another waiter is removing it
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

import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { mayPass, tryLock, waitUntilFree } from './lock.ts'
import { hdErrorOf } from '../testing/errors.ts'
import { temporaryFolder } from '../testing/folder.ts'

const NEVER = new AbortController().signal

/** Runs `work` as soon as the lock is free. */
async function withLock<T>(file: string, signal: AbortSignal, work: () => Promise<T>, told: string[] = []): Promise<T> {
  for (;;) {
    const lock = await tryLock(file)
    if (lock) return work().finally(() => lock.release())
    await waitUntilFree(file, signal, (message) => void told.push(message))
  }
}

async function lockFile(): Promise<string> {
  return path.join(await temporaryFolder(), 'locks', 'image.lock')
}

async function leave(file: string, content: string, ageMs = 0): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, content)
  const then = new Date(Date.now() - ageMs)
  await utimes(file, then, then)
}

/** The text that the owner of a lock writes. */
async function ownText(): Promise<Record<string, unknown>> {
  const file = await lockFile()
  return withLock(file, NEVER, async () => JSON.parse(await readFile(file, 'utf8')))
}

function run(file: string, signal = NEVER): Promise<string> {
  return withLock(file, signal, async () => 'done')
}

/**
 * Whether we get the lock if a lock file with this content exists, without waiting: an aborted signal ends the first wait.
 */
async function meet(content: string, ageMs = 0): Promise<string> {
  const file = await lockFile()
  await leave(file, content, ageMs)
  return run(file, AbortSignal.abort())
}

async function passes(content: string, ageMs = 0): Promise<void> {
  expect(await meet(content, ageMs)).toBe('done')
}

async function blocks(content: string): Promise<void> {
  expect((await hdErrorOf(() => meet(content))).code).toBe('HD_ABORTED')
}

describe('a lock', () => {
  test('has one holder at a time', async () => {
    const file = await lockFile()
    let inside = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside)
      await stat(file)
      inside--
    }
    await Promise.all(Array.from({ length: 6 }, () => withLock(file, NEVER, work)))
    expect(most).toBe(1)
    expect(await readdir(path.dirname(file))).toEqual([])
  })

  test('is released if the work fails', async () => {
    const file = await lockFile()
    const failing = withLock(file, NEVER, async () => {
      throw new Error('failed')
    })
    await expect(failing).rejects.toThrow('failed')
    expect(await run(file)).toBe('done')
  })

  test('is not taken from a new owner', async () => {
    const file = await lockFile()
    await withLock(file, NEVER, () => writeFile(file, '{"token":"of another"}'))
    expect(await readFile(file, 'utf8')).toBe('{"token":"of another"}')
  })

  test('waits until the signal aborts', async () => {
    const file = await lockFile()
    const controller = new AbortController()
    const error = await withLock(file, NEVER, () => {
      const waiting = hdErrorOf(() => run(file, controller.signal))
      controller.abort()
      return waiting
    })
    expect(error.code).toBe('HD_ABORTED')
    expect(await run(file)).toBe('done')
  })

  test('that cannot be created is a system error', async () => {
    const folder = path.join(await temporaryFolder(), 'file')
    await writeFile(folder, 'not a folder')
    await expect(tryLock(path.join(folder, 'x.lock'))).rejects.toMatchObject({ code: expect.stringMatching(/^E/) })
  })

  test('is created again if its folder is deleted meanwhile', async () => {
    const file = await lockFile()
    const locks = Array.from({ length: 20 }, (_, index) => tryLock(`${file}${index}`))
    // `rm` may find a new file in the folder that it has just emptied.
    const deleting = rm(path.dirname(file), { recursive: true, force: true }).catch(() => undefined)
    for (const lock of await Promise.all(locks)) await lock!.release()
    await deleting
  })

  test.each([
    [4_999, 0],
    [5_001, 1],
  ])('reports a wait of %i ms %i times', async (elapsed, times) => {
    const file = await lockFile()
    const told: string[] = []
    const held = (await tryLock(file))!
    const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(elapsed)
    onTestFinished(() => clock.mockRestore())
    const waiting = waitUntilFree(file, NEVER, (message) => void told.push(message))
    // It reads the clock each time it finds the lock, until it has reported the wait.
    await vi.waitUntil(() => clock.mock.calls.length > 3 || told.length > 0, { timeout: 10_000 })
    await held.release()
    await waiting
    expect(told).toHaveLength(times)
    for (const message of told) expect(message).toMatch(new RegExp(`process ${process.pid}, .*${path.basename(file)}`))
  })
})

describe('an existing lock file', () => {
  test('of a killed process of this machine is removed at once', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    await passes(JSON.stringify({ ...(await ownText()), pid, token: 'x' }))
  })

  test('of an earlier process with our pid is removed at once', async () => {
    const own = await ownText()
    expect(own['pid']).toBe(process.pid)
    await passes(JSON.stringify({ ...own, started: (own['started'] as number) - 60_000, token: 'x' }))
  })

  test('of another thread of this process is respected', async () => {
    await blocks(JSON.stringify({ ...(await ownText()), token: 'of another thread' }))
  })

  test('of a living process is respected', async () => {
    await blocks(JSON.stringify({ ...(await ownText()), pid: process.ppid, token: 'x' }))
  })

  test('of another machine is respected while it is renewed, and removed otherwise', async () => {
    const text = JSON.stringify({ pid: 1, host: `not-${hostname()}`, started: 0, token: 'x' })
    await blocks(text)
    await passes(text, 60_000)
  })

  test('of a machine whose clock is an hour ahead is removed', async () => {
    await passes(JSON.stringify({ pid: 1, host: 'elsewhere', started: 0, token: 'x' }), -3_600_000)
  })

  test.each(['', '{"pid":', 'null', '\0\0\0\0'])('with the text %j is respected for a moment, then removed', async (text) => {
    await blocks(text)
    await passes(text, 5000)
  })

  test('can still be removed after a process was killed while removing it', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    const file = await lockFile()
    await leave(file, JSON.stringify({ ...(await ownText()), pid, token: 'x' }))
    await leave(`${file}.remove`, '', 60_000)
    expect(await run(file)).toBe('done')
    expect(await readdir(path.dirname(file))).toEqual([])
  })

  test('that many processes find abandoned admits one at a time', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    const own = await ownText()
    for (let round = 0; round < 3; round++) {
      const file = await lockFile()
      await leave(file, JSON.stringify({ ...own, pid, token: 'dead' }))
      const results = await Promise.all(Array.from({ length: 5 }, () => run(file)))
      expect(await readdir(path.dirname(file))).toEqual([])
      expect(results).toEqual(Array.from({ length: 5 }, () => 'done'))
      await rm(path.dirname(file), { recursive: true })
    }
  })
})

describe('something other than a lock file', () => {
  const kinds: [string, (file: string) => Promise<unknown>][] = [
    ['a folder', (file) => mkdir(file, { recursive: true })],
    ['a link', (file) => symlink(path.join(path.dirname(file), 'nowhere'), file)],
  ]

  test.each(kinds)('in place of a lock, %s, is an error with its path, not an endless wait', async (what, make) => {
    const file = await lockFile()
    await mkdir(path.dirname(file), { recursive: true })
    await make(file)
    const error = await hdErrorOf(() => run(file))
    expect(error.code).toBe('HD_CACHE_IO')
    expect(error.message).toContain(file)
    expect(error.message).toContain(what)
  })

  test.each(kinds)('in the place where abandoned locks are removed, %s, is an error as well', async (_, make) => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    const file = await lockFile()
    await leave(file, JSON.stringify({ ...(await ownText()), pid, token: 'x' }))
    await make(`${file}.remove`)
    const error = await hdErrorOf(() => run(file))
    expect(error.code).toBe('HD_CACHE_IO')
    expect(error.message).toContain(`${file}.remove`)
  })
})

test('a denied lock file is tried again on Windows, where one that is being deleted is denied too', () => {
  const denied = Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'open' })
  expect(mayPass(denied, 'win32')).toBe(true)
  expect(mayPass(denied, 'linux')).toBe(false)
  expect(mayPass(Object.assign(denied, { syscall: 'mkdir' }), 'win32')).toBe(false)
  expect(mayPass(Object.assign(new Error('EEXIST'), { code: 'EEXIST', syscall: 'open' }), 'linux')).toBe(true)
})

import { describe, expect, test } from 'vitest'
import { Pool } from './pool.ts'
import { hdErrorOf } from '../testing/errors.ts'

const NEVER = new AbortController().signal

/** Work that starts when the pool admits it, and ends when the test says so. */
function tasks(pool: Pool, signal: AbortSignal = NEVER) {
  const started: string[] = []
  const ends = new Map<string, () => void>()
  return {
    started,
    run: (name: string, weight = 1, maxCount = 10) =>
      pool.run({ weight, maxCount }, signal, () => {
        started.push(name)
        return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
      }),
    async end(name: string) {
      ends.get(name)!()
      await settle()
    },
  }
}

/** Waits until everything that can start has started. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a pool', () => {
  test('starts at most the allowed number, first come, first served', async () => {
    const { started, run, end } = tasks(new Pool(100))
    for (const name of ['a', 'b', 'c', 'd']) void run(name, 1, 2)
    await settle()
    expect(started).toEqual(['a', 'b'])
    await end('b')
    expect(started).toEqual(['a', 'b', 'c'])
    await end('a')
    expect(started).toEqual(['a', 'b', 'c', 'd'])
  })

  test('keeps the sum of weights within the limit, in order of arrival', async () => {
    const { started, run, end } = tasks(new Pool(10))
    void run('a', 6)
    void run('b', 5)
    void run('c', 1)
    await settle()
    expect(started).toEqual(['a'])
    await end('a')
    expect(started).toEqual(['a', 'b', 'c'])
  })

  test('runs work that exceeds the limit alone', async () => {
    const { started, run, end } = tasks(new Pool(10))
    void run('small', 1)
    void run('giant', 1000)
    void run('last', 1)
    await settle()
    expect(started).toEqual(['small'])
    await end('small')
    expect(started).toEqual(['small', 'giant'])
    await end('giant')
    expect(started).toEqual(['small', 'giant', 'last'])
  })

  test('shares its memory between callers with different limits', async () => {
    const { started, run, end } = tasks(new Pool(10))
    void run('a', 6, 1)
    void run('b', 6, 8)
    await settle()
    expect(started).toEqual(['a'])
    await end('a')
    expect(started).toEqual(['a', 'b'])
  })

  test('releases memory after a failure', async () => {
    const pool = new Pool(10)
    await expect(
      pool.run({ weight: 10, maxCount: 1 }, NEVER, async () => {
        throw new Error('failed')
      }),
    ).rejects.toThrow('failed')
    expect(await pool.run({ weight: 10, maxCount: 1 }, NEVER, async () => 'next')).toBe('next')
  })

  test('drops waiting work when it is cancelled, and admits the next', async () => {
    const pool = new Pool(10)
    const controller = new AbortController()
    const first = tasks(pool)
    void first.run('a', 6)
    const waiting = hdErrorOf(() => tasks(pool, controller.signal).run('b', 9))
    const light = tasks(pool)
    void light.run('c', 1)
    await settle()
    expect(light.started).toEqual([])
    controller.abort()
    expect((await waiting).code).toBe('HD_ABORTED')
    await settle()
    expect(light.started).toEqual(['c'])
  })

  test('starts nothing for an aborted signal', async () => {
    const { started, run } = tasks(new Pool(10), AbortSignal.abort())
    expect((await hdErrorOf(() => run('a'))).code).toBe('HD_ABORTED')
    expect(started).toEqual([])
  })
})

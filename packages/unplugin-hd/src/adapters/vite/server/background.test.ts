import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createBackground, type Background } from './background.ts'

describe('work in the background', () => {
  let begun: string[]
  let finish: Map<string, () => void>
  beforeEach(() => {
    vi.useFakeTimers()
    begun = []
    finish = new Map()
  })
  afterEach(() => void vi.useRealTimers())

  const ask = (background: Background, ...ids: string[]): void => {
    for (const id of ids) {
      background.add(id, () => {
        begun.push(id)
        return new Promise((resolve) => finish.set(id, resolve))
      })
    }
  }
  /** Finishes running tasks until none are left. */
  const drain = async (): Promise<void> => {
    for (const [id, done] of finish) {
      finish.delete(id)
      done()
      await vi.advanceTimersByTimeAsync(0)
    }
  }

  test('runs the newest task first, with limited concurrency', async () => {
    const background = createBackground(2)
    ask(background, 'a', 'b', 'c', 'd', 'e')
    expect(begun).toEqual(['a', 'b'])
    await drain()
    expect(begun).toEqual(['a', 'b', 'e', 'd', 'c'])
  })

  test('moves a task to the front when it is requested again, and runs it once', async () => {
    const background = createBackground(1)
    ask(background, 'a', 'b', 'c', 'b', 'a')
    expect(background.has('a') && background.has('b')).toBe(true)
    await drain()
    expect(begun).toEqual(['a', 'b', 'c'])
    expect(background.has('a')).toBe(false)
  })

  test('starts only after a moment without holds', async () => {
    const background = createBackground(1)
    const releases = [background.hold(), background.hold()]
    ask(background, 'a', 'b')
    for (const release of releases) release()
    expect(begun).toEqual([])
    await vi.advanceTimersByTimeAsync(100)
    background.hold()()
    await vi.advanceTimersByTimeAsync(100)
    expect(begun).toEqual([])
    await vi.advanceTimersByTimeAsync(100)
    expect(begun).toEqual(['b'])
  })

  test('drops waiting tasks on request, and the oldest if there are too many', async () => {
    const background = createBackground(1)
    ask(background, 'first', ...Array.from({ length: 1001 }, (_, index) => String(index)))
    expect(background.has('0')).toBe(false)
    expect(background.has('1')).toBe(true)
    background.clear()
    await drain()
    expect(begun).toEqual(['first'])
  })
})

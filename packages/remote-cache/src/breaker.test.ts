import { afterEach, expect, test, vi } from 'vitest'
import { Breaker } from './breaker.ts'

afterEach(() => void vi.useRealTimers())

test('opens after three failures in a row, and after one that would only be repeated', () => {
  const breaker = new Breaker()
  for (let round = 0; round < 5; round++) {
    breaker.failed(false)
    breaker.failed(false)
    breaker.succeeded(true, 10)
  }
  expect(breaker.isOpen).toBe(false)
  for (let failure = 0; failure < 3; failure++) breaker.failed(false)
  expect(breaker.isOpen).toBe(true)
  expect(breaker.signal.aborted).toBe(true)
  const other = new Breaker()
  other.failed(true)
  expect(other.isOpen).toBe(true)
})

test('opens for a store that says slowly that it has nothing', () => {
  const breaker = new Breaker()
  for (let miss = 0; miss < 3; miss++) breaker.succeeded(false, 10)
  expect(breaker.isOpen).toBe(false)
  for (let miss = 0; miss < 3; miss++) breaker.succeeded(false, 1500)
  expect(breaker.isOpen).toBe(true)
})

test('is due after a minute, then after two, and closed by an answer', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const breaker = new Breaker()
  breaker.failed(true)
  expect(breaker.isDue).toBe(false)
  vi.advanceTimersByTime(60_000)
  expect(breaker.isDue).toBe(true)
  breaker.probed(false)
  vi.advanceTimersByTime(60_000)
  expect(breaker.isDue).toBe(false)
  vi.advanceTimersByTime(60_000)
  expect(breaker.isDue).toBe(true)
  breaker.probed(true)
  expect(breaker.isOpen).toBe(false)
  expect(breaker.signal.aborted).toBe(false)
})

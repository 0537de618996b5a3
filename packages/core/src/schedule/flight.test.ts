import { expect, test } from 'vitest'
import { singleFlight } from './flight.ts'

test('calls with the same key share one run while it lasts', async () => {
  let runs = 0
  const landings: ((value: string) => void)[] = []
  const work = (): Promise<string> => {
    runs++
    return new Promise((resolve) => landings.push(resolve))
  }
  const flights = [singleFlight('flight-a', work), singleFlight('flight-a', work)]
  landings[0]!('done')
  expect(await Promise.all(flights)).toEqual(['done', 'done'])
  expect(runs).toBe(1)
  const again = singleFlight('flight-a', work)
  landings[1]!('again')
  expect(await again).toBe('again')
  expect(runs).toBe(2)
})

test('different keys do not share a run', async () => {
  expect(await Promise.all([singleFlight('flight-b', async () => 1), singleFlight('flight-c', async () => 2)])).toEqual([1, 2])
})

test('a failure reaches all callers, is not remembered, and causes no unhandled rejection', async () => {
  const unhandled: unknown[] = []
  const reason = new Error('no luck')
  const note = (unheard: unknown): void => void unhandled.push(unheard)
  process.on('unhandledRejection', note)
  const fail = (): Promise<never> => Promise.reject(reason)
  const results = await Promise.allSettled([singleFlight('flight-d', fail), singleFlight('flight-d', fail)])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await singleFlight('flight-d', async () => 'luck')).toBe('luck')
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

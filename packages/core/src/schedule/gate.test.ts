import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Gate } from './gate.ts'

const { signal } = new AbortController()

test('at most `places` holders enter, the others follow in order of arrival', async () => {
  const gate = new Gate(2)
  const entered: number[] = []
  const leave = await Promise.all([gate.enter(signal), gate.enter(signal)])
  for (const each of [3, 4]) void gate.enter(signal).then(() => entered.push(each))
  await nextTurn()
  expect(entered).toEqual([])
  leave[0]!()
  // A place is released only once.
  leave[0]!()
  await nextTurn()
  expect(entered).toEqual([3])
  leave[1]!()
  await nextTurn()
  expect(entered).toEqual([3, 4])
})

test('an abort ends the wait and takes no place', async () => {
  const gate = new Gate(1)
  const leave = await gate.enter(signal)
  const controller = new AbortController()
  const aborted = gate.enter(controller.signal)
  const next = gate.enter(signal)
  controller.abort()
  await expect(aborted).rejects.toMatchObject({ code: 'HD_ABORTED' })
  leave()
  await expect(next).resolves.toBeTypeOf('function')
})

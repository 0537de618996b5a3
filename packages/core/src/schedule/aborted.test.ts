import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { throwIfAborted, unlessAborted } from './aborted.ts'

const never = (): Promise<never> => new Promise(() => {})

test('an abort rejects at once with its reason as the cause, even if the work continues', async () => {
  const controller = new AbortController()
  const result = unlessAborted(controller.signal, never)
  controller.abort('enough')
  await expect(result).rejects.toMatchObject({ code: 'HD_ABORTED', cause: 'enough' })
})

test('a failure of the work after the abort is not an unhandled rejection', async () => {
  const controller = new AbortController()
  let fail: ((error: Error) => void) | undefined
  const result = unlessAborted(controller.signal, () => new Promise<never>((_, reject) => (fail = reject)))
  controller.abort()
  await expect(result).rejects.toMatchObject({ code: 'HD_ABORTED' })
  fail?.(new Error('too late'))
  await nextTurn()
})

test('work is not started after an abort', async () => {
  let started = false
  const work = async (): Promise<void> => void (started = true)
  await expect(unlessAborted(AbortSignal.abort(), work)).rejects.toMatchObject({ code: 'HD_ABORTED' })
  expect(started).toBe(false)
  expect(() => throwIfAborted(AbortSignal.abort())).toThrow(expect.objectContaining({ code: 'HD_ABORTED' }))
})

test('the caller may choose the error, and may pass no signal', async () => {
  const own = new Error('mine')
  await expect(unlessAborted(AbortSignal.abort(), never, () => own)).rejects.toBe(own)
  await expect(unlessAborted(undefined, async () => 7)).resolves.toBe(7)
})

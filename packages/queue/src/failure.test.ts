import { HdError } from '@unplugin-hd/core'
import { describe, expect, test } from 'vitest'
import { isWorthRetrying, readFailure, writeFailure } from './failure.ts'

describe('a failure', () => {
  test('arrives with its code and its text', () => {
    const error = new HdError('WECHAT_BUDGET', 'used up', { remedy: 'Wait', file: '/home/me/a.png' })
    expect(readFailure(writeFailure(error))).toMatchObject({ code: 'WECHAT_BUDGET', message: 'used up. Wait', file: undefined })
  })

  test.each(['', 'null', '[]', '{"code":1,"message":"x"}', '{"code":"no code","message":"x"}', 'x'.repeat(100_000), '\u001B[2J'])(
    'that is written by others (%#) is one of the queue, bounded and visible',
    (reason) => {
      const { code, message } = readFailure(reason)
      expect(code).toBe('HD_QUEUE')
      expect(message.length).toBeLessThan(2100)
      expect(message).not.toContain('\u001B')
    },
  )

  test('of a job whose workers kept ending says so', () => {
    expect(readFailure('job stalled more than allowable limit').message).toContain('its worker ended, or was too busy')
  })

  test.each<[code: string, attempt: number, metered: boolean, expected: boolean]>([
    ['HD_REMOTE', 7, true, true],
    ['HD_CACHE_IO', 7, false, true],
    ['HD_UPSCALE_FAILED', 1, false, true],
    ['HD_UPSCALE_FAILED', 3, false, false],
    ['HD_UPSCALE_FAILED', 1, true, false],
    ['WECHAT_BUDGET', 1, true, false],
    ['HD_SOURCE_BROKEN', 1, false, false],
    ['HD_UPSCALE_SIZE', 1, false, false],
    ['HD_QUEUE', 1, false, false],
  ])('with %s at attempt %i (metered: %s) is tried again: %s', (code, attempt, metered, expected) => {
    expect(isWorthRetrying(new HdError(code, 'x'), attempt, metered)).toBe(expected)
  })
})

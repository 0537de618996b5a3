import type { Memo } from '@unplugin-hd/core'
import type { Clock } from '../clock.ts'
import type { ErrorFactory } from '../errors/error-factory.ts'

/** Serializes the counting per account within this process. */
const queues = new Map<string, Promise<unknown>>()

const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit' })

/**
 * Counts a call before it is made. The count is on disk when this resolves, so that it survives a crash.
 * Processes that run at the same time may miss each other's calls.
 * @param limit calls a day; days begin at midnight in Shanghai, as WeChat's do
 * @throws WechatError `WECHAT_BUDGET`, when they are used up; HdError `HD_CACHE_IO`, when the number cannot be kept
 */
export async function spend(account: string, limit: number, memo: Memo, clock: Clock, errors: ErrorFactory): Promise<void> {
  const before = queues.get(account) ?? Promise.resolve()
  // The previous call may have been refused, which does not concern this one.
  const mine = before.catch(() => undefined).then(() => count(account, limit, memo, clock, errors))
  queues.set(account, mine)
  try {
    await mine
  } finally {
    if (queues.get(account) === mine) queues.delete(account)
  }
}

async function count(account: string, limit: number, memo: Memo, clock: Clock, errors: ErrorFactory): Promise<void> {
  const key = `budget ${account}`
  const today = DAY.format(clock.now())
  const kept = parse(await memo.get(key))
  const used = kept.day === today ? kept.used : 0
  if (used >= limit) {
    const what = `today's budget of ${limit} calls for img/superresolution is used up and starts anew at ${nextDay(clock.now())}`
    throw errors.make('WECHAT_BUDGET', what, { remedy: 'Raise `dailyBudget`, or wait until then' })
  }
  await memo.set(key, JSON.stringify({ day: today, used: used + 1 }))
}

const SHANGHAI_MS = 8 * 3_600_000
const DAY_MS = 24 * 3_600_000

/** When the next day begins: `2026-11-25 00:00 in Beijing (2026-11-24T16:00Z)`. China has no summer time. */
function nextDay(now: number): string {
  const begins = (Math.floor((now + SHANGHAI_MS) / DAY_MS) + 1) * DAY_MS
  const [day] = new Date(begins).toISOString().split('T')
  return `${day} 00:00 in Beijing (${new Date(begins - SHANGHAI_MS).toISOString().slice(0, 16)}Z)`
}

function parse(value: string | undefined): { day: string; used: number } {
  try {
    const { day, used } = JSON.parse(value ?? '{}') as { day?: unknown; used?: unknown }
    return typeof day === 'string' && Number.isSafeInteger(used) ? { day, used: used as number } : { day: '', used: 0 }
  } catch {
    return { day: '', used: 0 }
  }
}

import { visible, type Recipe } from '@unplugin-hd/core'
import type { Redis } from 'ioredis'
import { PREFIX } from './connection.ts'

/** How often workers say that they are there, in milliseconds. */
const BEAT_MS = 5000

/** Workers that said nothing for so long are gone, in seconds. */
const GONE_S = 20

const KEY = `${PREFIX}:workers`
const MAX_SHOWN = 5

/** The queue of a recipe. Workers of other recipes have other queues, so they never take its jobs. */
export function queueName({ key }: Recipe): string {
  return `masters-${key.slice(0, 16)}`
}

/** Says that a worker of this recipe is there, until the returned function is called. */
export async function announce(redis: Redis, recipe: Recipe): Promise<() => void> {
  const member = `${recipe.key} ${recipe.text.slice(0, 200)}`
  const beat = async (): Promise<void> => {
    const now = await secondsOf(redis)
    await redis
      .multi()
      .zadd(KEY, now, member)
      .zremrangebyscore(KEY, 0, now - GONE_S)
      .exec()
  }
  await beat()
  const timer = setInterval(() => void beat().catch(() => undefined), BEAT_MS)
  return () => clearInterval(timer)
}

export interface Fleet {
  /** A worker of the recipe is there. */
  isThere: boolean
  /** What the other workers make, for messages. */
  others: string[]
}

export async function fleetOf(redis: Redis, recipe: Recipe): Promise<Fleet> {
  const members = await redis.zrangebyscore(KEY, (await secondsOf(redis)) - GONE_S, '+inf', 'LIMIT', 0, 100)
  const isOurs = (member: string): boolean => member.startsWith(`${recipe.key} `)
  const others = members.filter((member) => !isOurs(member)).map((member) => visible(member.slice(65, 300)))
  return { isThere: members.some(isOurs), others: others.slice(0, MAX_SHOWN) }
}

/** By the clock of Redis, because those of the machines may differ. */
async function secondsOf(redis: Redis): Promise<number> {
  const [seconds] = await redis.time()
  return Number(seconds)
}

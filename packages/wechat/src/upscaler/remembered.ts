import { createHash } from 'node:crypto'
import type { Memo } from '@unplugin-hd/core'
import type { WechatImage } from '../api/superresolution.ts'

/** WeChat keeps a result for three days. */
const LIFETIME_MS = 3 * 24 * 3_600_000
/** So that a download that starts in time also ends in time. */
const MARGIN_MS = 10 * 60_000

/** Identifies a request by its content. */
export function mediaKey(account: string, image: WechatImage, digest: string): string {
  const hash = createHash('sha256')
  if ('url' in image) hash.update(`url ${digest} ${image.url}`)
  else hash.update('data ').update(image.data)
  return `media ${account} ${hash.digest('hex')}`
}

/** The `media_id` of an earlier call whose result can still be fetched. */
export async function recall(key: string, memo: Memo, now: number): Promise<string | undefined> {
  const value = await memo.get(key)
  if (value === undefined) return undefined
  try {
    const { mediaId, expires } = JSON.parse(value) as { mediaId?: unknown; expires?: unknown }
    return typeof mediaId === 'string' && typeof expires === 'number' && now < expires - MARGIN_MS ? mediaId : undefined
  } catch {
    return undefined
  }
}

/** Stores the `media_id`; it is on disk when this resolves. @param now time of the call, in milliseconds since 1970 */
export async function remember(key: string, mediaId: string, memo: Memo, now: number): Promise<void> {
  await memo.set(key, JSON.stringify({ mediaId, expires: now + LIFETIME_MS }))
}

import type { WechatCode } from './errors.ts'

/**
 * What follows an errcode. `refresh`: another token, once; `again`: the same request after a back-off; `next-minute`: the same
 * after a minute or more; `fail`: this image fails; `stop`: and no further one is tried in this build.
 */
export type Consequence = 'refresh' | 'again' | 'next-minute' | 'fail' | 'stop'

export interface ErrcodeRow {
  code: WechatCode
  next: Consequence
  meaning: string
  /** One sentence. */
  remedy?: string
}

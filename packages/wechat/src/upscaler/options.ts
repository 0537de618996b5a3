import { guarded, integer, type Options } from '@unplugin-hd/core'

/** An image that is about to be sent. */
export interface PublicSource {
  /** The file as messages name it. */
  file: string
  /** SHA-256 of the source file, 64 hexadecimal digits. */
  digest: string
  /** Size in pixels that the image at the URL must have. */
  width: number
  height: number
}

/** Limits of the upscaler, for every kind of connection. */
export interface WechatUpscalerOptions {
  /**
   * Returns a public URL from which WeChat fetches the image instead of an upload, or `undefined` to upload it.
   */
  publicUrl?: (source: PublicSource) => string | undefined
  /** The most bytes of an upload, 1 to 2097152. WeChat says "less than 2M" and not which. @default 1999999 */
  maxUploadBytes?: number
  /** The most images processed at once, 1 to 16. @default 2 */
  concurrency?: number
  /** The least time between two calls of img/superresolution, in milliseconds, 0 to 3600000. @default 0 */
  minIntervalMs?: number
  /**
   * The most calls of img/superresolution a day (Asia/Shanghai) for the account, attempts that failed included, 0 to 1000000.
   * @default 100
   */
  dailyBudget?: number
}

export type ResolvedUpscalerOptions = Required<Omit<WechatUpscalerOptions, 'publicUrl'>> &
  Pick<WechatUpscalerOptions, 'publicUrl'>

type PublicUrl = (source: PublicSource) => string | undefined

export const UPSCALER_OPTIONS: Options<ResolvedUpscalerOptions> = {
  publicUrl: guarded('a function', (value): value is PublicUrl => typeof value === 'function'),
  maxUploadBytes: integer({ min: 1, max: 2 ** 21, default: 1_999_999 }),
  concurrency: integer({ min: 1, max: 16, default: 2 }),
  minIntervalMs: integer({ min: 0, max: 3_600_000, default: 0 }),
  dailyBudget: integer({ min: 0, max: 1_000_000, default: 100 }),
}

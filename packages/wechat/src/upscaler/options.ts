import type { Checks } from '../http/checks.ts'

/** What is known of an image before it is sent. */
export interface PublicSource {
  /** As the user named it. */
  file: string
  /** SHA-256 of the source file, 64 hexadecimal digits. */
  digest: string
  /** Pixels that the image behind the address must have. */
  width: number
  height: number
}

/** What bounds a metered upscaler, whichever way leads to WeChat. */
export interface WechatUpscalerOptions {
  /**
   * A public address from which WeChat fetches the image, instead of an upload; `undefined` for an image that is to be
   * uploaded all the same.
   */
  publicUrl?: (source: PublicSource) => string | undefined
  /** The most bytes of an upload, 1 to 2097152. WeChat says "less than 2M" and not which. @default 1999999 */
  maxUploadBytes?: number
  /** Images in work at once, 1 to 16. @default 2 */
  concurrency?: number
  /** Least time between two calls of img/superresolution, in milliseconds, 0 to 3600000. @default 0 */
  minIntervalMs?: number
  /**
   * The most calls of img/superresolution a day (Asia/Shanghai) for the account, attempts that failed included, 0 to 1000000.
   * @default 100
   */
  dailyBudget?: number
}

export type ResolvedUpscalerOptions = Required<Omit<WechatUpscalerOptions, 'publicUrl'>> &
  Pick<WechatUpscalerOptions, 'publicUrl'>

export const UPSCALER_KEYS: readonly (keyof WechatUpscalerOptions)[] = [
  'publicUrl',
  'maxUploadBytes',
  'concurrency',
  'minIntervalMs',
  'dailyBudget',
]

/** @throws HdError `HD_OPTION` */
export function resolveUpscalerOptions(options: WechatUpscalerOptions, checks: Checks): ResolvedUpscalerOptions {
  const { publicUrl } = options
  if (publicUrl !== undefined && typeof publicUrl !== 'function') {
    throw checks.refusal('publicUrl', 'a function', typeof publicUrl)
  }
  return {
    publicUrl,
    maxUploadBytes: checks.integer('maxUploadBytes', options.maxUploadBytes ?? 1_999_999, 1, 2 ** 21),
    concurrency: checks.integer('concurrency', options.concurrency ?? 2, 1, 16),
    minIntervalMs: checks.integer('minIntervalMs', options.minIntervalMs ?? 0, 0, 3_600_000),
    dailyBudget: checks.integer('dailyBudget', options.dailyBudget ?? 100, 0, 1_000_000),
  }
}

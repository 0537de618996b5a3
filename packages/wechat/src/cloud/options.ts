import { Checks, isFilled } from '../http/checks.ts'
import { REQUEST_KEYS, type ResolvedRequestOptions, resolveRequestOptions, type WechatRequestOptions } from '../http/options.ts'
import {
  type ResolvedUpscalerOptions,
  resolveUpscalerOptions,
  UPSCALER_KEYS,
  type WechatUpscalerOptions,
} from '../upscaler/options.ts'

/** What is used of a `wx-server-sdk`. */
export interface WechatCloudSdk {
  /** Makes a call of any name: `openapi.img.superresolution({ … })`. */
  readonly openapi: object
}

export interface WechatCloudOptions extends WechatRequestOptions, WechatUpscalerOptions {
  /** A `wx-server-sdk`, or an instance that it made. Call its `init()` before the first image. */
  cloud: WechatCloudSdk
  /** Names the account in the memory of results and in the daily budget. @default the variable WECHAT_APPID */
  appid?: string
}

export interface ResolvedCloudOptions
  extends ResolvedRequestOptions, ResolvedUpscalerOptions, Pick<WechatCloudOptions, 'cloud' | 'appid'> {}

const KEYS = ['cloud', 'appid', ...REQUEST_KEYS, ...UPSCALER_KEYS] as const satisfies readonly (keyof WechatCloudOptions)[]

/** @throws HdError `HD_OPTION`, when a key is unknown or a value is not allowed */
export function resolveCloudOptions(options: WechatCloudOptions): ResolvedCloudOptions {
  const checks = new Checks('wechatCloud()')
  checks.known(options, KEYS)
  const { cloud, appid } = options
  if (!isCallable(cloud) || !isCallable(cloud.openapi)) {
    throw checks.refusal('cloud', 'a wx-server-sdk, which has `openapi`', cloud === null ? 'null' : typeof cloud)
  }
  if (appid !== undefined && !isFilled(appid)) throw checks.refusal('appid', 'a text', typeof appid)
  return { cloud, appid, ...resolveRequestOptions(options, checks), ...resolveUpscalerOptions(options, checks) }
}

/** The SDK's `openapi` is a proxy around a function. */
function isCallable(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

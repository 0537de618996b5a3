import { guarded, type Options, readOptions, required, string } from '@unplugin-hd/core'
import { REQUEST_OPTIONS, type ResolvedRequestOptions, type WechatRequestOptions } from '../http/options.ts'
import { type ResolvedUpscalerOptions, UPSCALER_OPTIONS, type WechatUpscalerOptions } from '../upscaler/options.ts'

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

const CLOUD_OPTIONS: Options<ResolvedCloudOptions> = {
  cloud: required(guarded('a wx-server-sdk, which has `openapi`', isCloudSdk)),
  appid: string(),
  ...REQUEST_OPTIONS,
  ...UPSCALER_OPTIONS,
}

/** @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed */
export function resolveCloudOptions(options: WechatCloudOptions): ResolvedCloudOptions {
  return readOptions('wechatCloud()', options, CLOUD_OPTIONS)
}

function isCloudSdk(value: unknown): value is WechatCloudSdk {
  return isCallable(value) && isCallable((value as Partial<WechatCloudSdk>).openapi)
}

/** The `openapi` of the SDK is a proxy around a function. */
function isCallable(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

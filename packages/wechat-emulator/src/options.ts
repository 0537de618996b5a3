import type { Upscaler } from '@unplugin-hd/core'
import { canonicalFormat, HdError, refuseUnknown } from '@unplugin-hd/core'
import type { AccountOptions } from './account.ts'
import type { RandomFaults } from './faults.ts'
import { plainDoubler } from './image.ts'

/** How WeChat behaves where pages, SDKs and reports differ. May be changed while the server runs. */
export interface Behaviour {
  /** The API is off the shelf: errcode 40066, HTTP 404, or a page of HTML with HTTP 200. @default false */
  removed: false | '40066' | '404' | 'html'
  /** `errcode` as number or string, or left out of a success. @default 'number' */
  errcode: 'number' | 'string' | 'absent'
  /** What `superresolution` answers: the id of a medium, or the image itself as two SDKs claim. @default 'media_id' */
  answer: 'media_id' | 'image'
  /** The Content-Type of JSON; `usual` is `application/json; encoding=utf-8`, but `text/plain` from media/get. @default 'usual' */
  json: 'usual' | 'text/plain' | 'application/json'
  /** `img_url` by GET is refused with 43002, as callers of the sibling APIs met it; the documented sample uses GET. @default false */
  strict: boolean
  /** Cloud hosting: calls need no token and belong to the first account. @default false */
  cloudHosting: boolean
}

export interface EmulatorOptions extends Partial<Behaviour> {
  /** Port on 127.0.0.1, 0 for a free one. @default 0 */
  port?: number
  /** @default one account with the default appid and secret */
  accounts?: readonly AccountOptions[]
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number
  /** Faults by chance. */
  faults?: RandomFaults
  /** Most bytes of an uploaded file. The page says "less than 2M", this is the strict reading. @default 1_999_999 */
  maxUploadBytes?: number
  /** Most pixels of a source. Not documented by WeChat. @default 50_000_000 */
  maxPixels?: number
  /** Formats of a source, as sharp names them; `jpg` is `jpeg`. Not documented by WeChat. @default ['jpeg', 'png'] */
  formats?: readonly string[]
  /** The format of the result: always JPEG, or PNG for PNG. Not documented by WeChat. @default 'jpeg' */
  result?: 'jpeg' | 'same'
  /** Doubles the images. @default resample(), bicubic */
  upscaler?: Upscaler
  /** Lets `img_url` name any host and not loopback only. @default false */
  allowRemoteImages?: boolean
  /** The address that WeChat sees the caller at. @default '127.0.0.1' */
  clientAddress?: string
}

type Rest = Required<Omit<EmulatorOptions, keyof Behaviour | 'faults'>> & Pick<EmulatorOptions, 'faults'>

export interface ResolvedOptions extends Rest {
  behaviour: Behaviour
}

const REMOVED: ReadonlySet<unknown> = new Set([false, '40066', '404', 'html'])

/** Written as an object, so that the compiler says when a key is missing. */
const KEYS: Record<keyof EmulatorOptions, true> = {
  removed: true,
  errcode: true,
  answer: true,
  json: true,
  strict: true,
  cloudHosting: true,
  port: true,
  accounts: true,
  now: true,
  faults: true,
  maxUploadBytes: true,
  maxPixels: true,
  formats: true,
  result: true,
  upscaler: true,
  allowRemoteImages: true,
  clientAddress: true,
}
const ACCOUNT_KEYS: Record<keyof AccountOptions, true> = {
  appid: true,
  secret: true,
  ipWhitelist: true,
  dailyQuota: true,
  minuteQuota: true,
  tokenErrcode: true,
  apiErrcode: true,
  cloudbaseToken: true,
}

/** @throws HdError `HD_OPTION` for an unknown option, and for a port or a kind of removal that does not exist */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  refuseUnknown(options, Object.keys(KEYS), 'wechat-emulator')
  for (const account of options.accounts ?? [])
    refuseUnknown(account, Object.keys(ACCOUNT_KEYS), 'wechat-emulator', 'accounts[].')
  const { removed = false, errcode = 'number', answer = 'media_id', json = 'usual' } = options
  const { strict = false, cloudHosting = false, port = 0, faults } = options
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new HdError('HD_OPTION', `'port' is ${String(port)}`, { remedy: 'Allowed is a whole number from 0 to 65535' })
  }
  if (!REMOVED.has(removed)) {
    throw new HdError('HD_OPTION', `'removed' is '${String(removed)}'`, { remedy: `Allowed are '40066', '404' and 'html'` })
  }
  return {
    behaviour: { removed, errcode, answer, json, strict, cloudHosting },
    port,
    faults,
    accounts: options.accounts ?? [{}],
    now: options.now ?? Date.now,
    maxUploadBytes: options.maxUploadBytes ?? 1_999_999,
    maxPixels: options.maxPixels ?? 50_000_000,
    formats: (options.formats ?? ['jpeg', 'png']).map((format) => canonicalFormat<string>(format)),
    result: options.result ?? 'jpeg',
    upscaler: options.upscaler ?? plainDoubler(),
    allowRemoteImages: options.allowRemoteImages ?? false,
    clientAddress: options.clientAddress ?? '127.0.0.1',
  }
}

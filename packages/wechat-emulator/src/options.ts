import type { Upscaler } from '@unplugin-hd/core'
import {
  boolean,
  canonicalFormat,
  guarded,
  integer,
  oneOf,
  type Option,
  type Options,
  readOptions,
  string,
  unchecked,
} from '@unplugin-hd/core'
import type { AccountOptions } from './account.ts'
import type { RandomFaults } from './faults.ts'
import { plainDoubler } from './image.ts'

/** How WeChat behaves where documentation, SDKs and reports disagree. May be changed while the server runs. */
export interface Behaviour {
  /** The API was withdrawn: it returns errcode 40066, HTTP 404, or an HTML page with HTTP 200. @default false */
  removed: false | '40066' | '404' | 'html'
  /** `errcode` as a number or string, or omitted on success. @default 'number' */
  errcode: 'number' | 'string' | 'absent'
  /** What `superresolution` returns: the id of a file, or the image itself, as two SDKs expect. @default 'media_id' */
  answer: 'media_id' | 'image'
  /** The Content-Type of JSON. `usual` is `application/json; encoding=utf-8`, but `text/plain` from media/get. @default 'usual' */
  json: 'usual' | 'text/plain' | 'application/json'
  /** Refuses `img_url` with GET (43002), as callers of sibling APIs reported; the documented sample uses GET. @default false */
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
  /** Random faults. @default none */
  faults?: RandomFaults
  /** The maximum size of an uploaded file, in bytes. The default is the strictest reading of the documented "less than 2M". @default 1_999_999 */
  maxUploadBytes?: number
  /** The maximum number of pixels of a source. Not documented by WeChat. @default 50_000_000 */
  maxPixels?: number
  /** Accepted formats of a source, as sharp names them; `jpg` means `jpeg`. Not documented by WeChat. @default ['jpeg', 'png'] */
  formats?: readonly string[]
  /** The format of the result: always JPEG, or PNG for PNG. Not documented by WeChat. @default 'jpeg' */
  result?: 'jpeg' | 'same'
  /** Doubles the images. @default resample(), bicubic */
  upscaler?: Upscaler
  /** Allows any host in `img_url`, not only loopback. @default false */
  allowRemoteImages?: boolean
  /** The caller's address as WeChat sees it. @default '127.0.0.1' */
  clientAddress?: string
}

type Rest = Required<Omit<EmulatorOptions, keyof Behaviour | 'faults' | 'accounts'>> & {
  accounts: readonly AccountOptions[]
  faults: RandomFaults | undefined
}

export interface ResolvedOptions extends Rest {
  behaviour: Behaviour
}

const OWNER = 'wechat-emulator'

const BEHAVIOUR_OPTIONS: Options<Behaviour> = {
  removed: {
    expected: "false, '40066', '404', 'html'",
    parse: (value) => ([false, '40066', '404', 'html'] as const).find((kind) => kind === value),
    default: false,
  },
  errcode: oneOf(['number', 'string', 'absent'], 'number'),
  answer: oneOf(['media_id', 'image'], 'media_id'),
  json: oneOf(['usual', 'text/plain', 'application/json'], 'usual'),
  strict: boolean(false),
  cloudHosting: boolean(false),
}

const ERRCODE = { min: -999_999, max: 999_999 }

type GivenAccount = { [Key in keyof Required<AccountOptions>]: AccountOptions[Key] | undefined }

const ACCOUNT_OPTIONS: Options<GivenAccount> = {
  appid: string(),
  secret: string(),
  ipWhitelist: guarded('a list of addresses', isList),
  dailyQuota: integer({ min: 0 }),
  minuteQuota: integer({ min: 0 }),
  tokenErrcode: integer(ERRCODE),
  apiErrcode: integer(ERRCODE),
  cloudbaseToken: string(),
}

const SERVER_OPTIONS: Options<Rest> = {
  port: integer({ min: 0, max: 65_535, default: 0 }),
  accounts: { expected: 'a list of accounts', parse: parseAccounts, default: [{}] },
  now: {
    expected: 'a function',
    parse: (value) => (typeof value === 'function' ? (value as () => number) : undefined),
    default: Date.now,
  },
  faults: unchecked(),
  maxUploadBytes: integer({ min: 1, default: 1_999_999 }),
  maxPixels: integer({ min: 1, default: 50_000_000 }),
  formats: {
    expected: 'a list of formats',
    parse: (value) => (isList(value) ? value.map((format) => canonicalFormat<string>(format)) : undefined),
    default: ['jpeg', 'png'],
  },
  result: oneOf(['jpeg', 'same'], 'jpeg'),
  upscaler: { expected: 'an upscaler', parse: (value) => (isUpscaler(value) ? value : undefined), default: plainDoubler() },
  allowRemoteImages: boolean(false),
  clientAddress: { ...string(), default: '127.0.0.1' } as Option<string>,
}

/** @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  const read = readOptions(OWNER, options, { ...BEHAVIOUR_OPTIONS, ...SERVER_OPTIONS })
  const { removed, errcode, answer, json, strict, cloudHosting, ...server } = read
  return { ...server, behaviour: { removed, errcode, answer, json, strict, cloudHosting } }
}

function parseAccounts(value: unknown): AccountOptions[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.map((account) => readOptions(OWNER, account, ACCOUNT_OPTIONS, 'accounts[].') as AccountOptions)
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function isUpscaler(value: unknown): value is Upscaler {
  return typeof value === 'object' && value !== null && 'upscale' in value && typeof value.upscale === 'function'
}

import { boolean, guarded, integer, oneOf, type Option, type Options, string, typeOf } from './option.ts'
import { readOptions, refusedOption } from './read.ts'
import { quoted } from '../unknown-keys.ts'

/** Storage with the shape of unstorage's. */
export interface RemoteStorage {
  getItemRaw(key: string): Promise<unknown>
  setItemRaw(key: string, value: Uint8Array): Promise<unknown>
  hasItem(key: string): Promise<boolean>
}

export const REMOTE_MODES = ['read', 'read-write'] as const
export type RemoteMode = (typeof REMOTE_MODES)[number]

export interface RemoteOptions {
  /** `https:`, `http:`, `s3://bucket/prefix`, `redis:` or `rediss:`. */
  url?: string
  /** Instead of `url`: an object with `getItemRaw`, `setItemRaw` and `hasItem`. */
  storage?: RemoteStorage
  /** `read`: nothing is ever sent. In CI nothing is sent either, unless `UNPLUGIN_HD_REMOTE=rw`. @default 'read-write' */
  mode?: RemoteMode
  /** The environment variable with the bearer token for HTTP, or the password for Redis. @default 'UNPLUGIN_HD_REMOTE_TOKEN' */
  tokenEnv?: string
  /** The environment variable with the secret that entries are signed with (HMAC-SHA-256). @default 'UNPLUGIN_HD_REMOTE_KEY' */
  keyEnv?: string
  /**
   * An Ed25519 public key, PEM or base64. Entries must be signed with its private key, which only machines that send need, in the
   * variable of `keyEnv`.
   */
  publicKey?: string
  /** Refuse entries without a signature, even where no key is set. @default true with a key */
  signed?: boolean
  /** The most milliseconds for one entry, 100 to 600000. A request that takes longer turns the store off for a while. @default 4000 */
  timeoutMs?: number
  /** The most bytes of an entry. @default 134217728 (128 MiB) */
  maxEntryBytes?: number
  /** The most requests at once, 1 to 64. @default 8 */
  concurrency?: number
  /** S3: the address of the service. @default the one of the AWS configuration, or AWS itself */
  endpoint?: string
  /** S3. @default the one of the AWS configuration, or 'us-east-1' */
  region?: string
}

/** The values of the environment variable `UNPLUGIN_HD_REMOTE`. */
export const REMOTE_SETTINGS = ['rw', 'r', 'off'] as const
export type RemoteSetting = (typeof REMOTE_SETTINGS)[number]

/** A shared store as options and environment describe it: one of `url` and `storage`. */
export interface ResolvedRemote extends RemoteDescription {
  /** `UNPLUGIN_HD_REMOTE`; without it CI only reads. */
  setting: RemoteSetting | undefined
}

export interface RemoteDescription {
  url: string | undefined
  storage: RemoteStorage | undefined
  mode: RemoteMode
  tokenEnv: string
  keyEnv: string
  publicKey: string | undefined
  signed: boolean
  timeoutMs: number
  maxEntryBytes: number
  concurrency: number
  endpoint: string | undefined
  region: string | undefined
}

const PROTOCOLS = ['https:', 'http:', 's3:', 'redis:', 'rediss:']
const STORAGE_METHODS = ['getItemRaw', 'setItemRaw', 'hasItem'] as const satisfies readonly (keyof RemoteStorage)[]
const EXPECTED_URL = `a URL of ${quoted(PROTOCOLS)}`
const EXPECTED_STORAGE = `an object with the methods ${quoted(STORAGE_METHODS)}`
const EXPECTED_HTTP = 'an http: or https: URL without credentials'

/** Neither is shown in messages, because a URL may hold a password. */
const url: Option<string | undefined> = { ...guarded(EXPECTED_URL, isRemoteUrl), show: typeOf }
const endpoint: Option<string | undefined> = { ...guarded(EXPECTED_HTTP, isEndpoint), show: typeOf }

function variable(name: string): Option<string> {
  return { ...guarded('the name of an environment variable', isVariable), default: name } as Option<string>
}

const REMOTE_OPTIONS: Options<RemoteDescription> = {
  url,
  storage: guarded(EXPECTED_STORAGE, isStorage),
  mode: oneOf(REMOTE_MODES, 'read-write'),
  tokenEnv: variable('UNPLUGIN_HD_REMOTE_TOKEN'),
  keyEnv: variable('UNPLUGIN_HD_REMOTE_KEY'),
  publicKey: string('a public key'),
  signed: boolean(false),
  timeoutMs: integer({ min: 100, max: 600_000, default: 4000 }),
  maxEntryBytes: integer({ min: 1, max: 2 ** 31, default: 128 * 1024 * 1024 }),
  concurrency: integer({ min: 1, max: 64, default: 8 }),
  endpoint,
  region: string('the name of a region'),
}

/** @param prefix of the options within it: `cache.remote.` */
export function remoteOption(owner: string, prefix: string): Option<RemoteDescription | undefined> {
  return {
    expected: `${EXPECTED_URL}, ${EXPECTED_STORAGE}, or an object with 'url' or 'storage'`,
    show: typeOf,
    parse(value) {
      if (typeof value === 'string')
        return isRemoteUrl(value) ? readOptions(owner, { url: value }, REMOTE_OPTIONS, prefix) : undefined
      if (isStorage(value)) return readOptions(owner, { storage: value }, REMOTE_OPTIONS, prefix)
      if (typeof value !== 'object') return undefined
      const remote = readOptions(owner, value, REMOTE_OPTIONS, prefix)
      if ((remote.url === undefined) === (remote.storage === undefined)) {
        const found = remote.url === undefined ? 'missing' : "set beside 'storage'"
        throw refusedOption(owner, `${prefix}url`, found, "one of 'url' and 'storage'")
      }
      return remote
    },
  }
}

function isRemoteUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, hostname, hash } = new URL(value)
  return PROTOCOLS.includes(protocol) && hostname !== '' && hash === ''
}

function isEndpoint(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

function isStorage(value: unknown): value is RemoteStorage {
  const given: Partial<RemoteStorage> = typeof value === 'object' && value !== null ? value : {}
  return STORAGE_METHODS.every((method) => typeof given[method] === 'function')
}

function isVariable(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z_]\w*$/i.test(value)
}

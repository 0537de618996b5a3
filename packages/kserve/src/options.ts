import { guarded, integer, type Options, readOptions, refusedOption, required, string, typeOf } from '@unplugin-hd/core'
import { isServerAddress } from '@unplugin-hd/core/http'
import { LEAST_PART, leastTile } from '@unplugin-hd/core/tensor'

export interface KserveOptions {
  /** Address of the server up to `/v2`: `https://host/path`. With `http:` there is a warning unless it is this machine. */
  url: string
  /** Name of the model on the server. Part of the cache key. */
  model: string
  /** Version of the model, which the server is asked for. Part of the cache key. @default the server chooses */
  version?: string | number
  /** Only part of the cache key: change it when the server has another model under the same name and version. @default none */
  revision?: string
  /** The environment variable with the bearer token. @default 'UNPLUGIN_HD_KSERVE_TOKEN' */
  tokenEnv?: string
  /** More headers for every request, such as `host` for an ingress, or the key of a gateway; no message shows their values. @default none */
  headers?: Readonly<Record<string, string>>
  /** The longest edge of a tile, in source pixels, 48 to 4096. @default 512; 1024 / factor for models of more than 2x; the size of the model if it is fixed */
  tile?: number
  /** Context around each tile, in source pixels, 0 to 512. Seams show if it is smaller than the model's receptive field. @default 32 */
  overlap?: number
  /** The most tiles of an image in one request, 1 to 64, where the model takes batches. @default 4 */
  batch?: number
  /** The most requests at once, 1 to 64. @default 2 */
  concurrency?: number
  /** Time for one request, from the connection to the last byte, in milliseconds, 1 to 3600000. @default 60000 */
  timeoutMs?: number
  /** The most retries of a request while the server is busy or cannot be reached, 0 to 10. @default 5 */
  retries?: number
}

/** {@link KserveOptions} with defaults filled in. */
export interface ResolvedOptions extends Required<Omit<KserveOptions, 'version' | 'revision' | 'tile' | 'overlap'>> {
  version: string | undefined
  revision: string | undefined
  /** `undefined`: depends on the model. */
  tile: number | undefined
  /** `undefined`: depends on the model. */
  overlap: number | undefined
}

const OWNER = 'kserve()'

const OPTIONS: Options<ResolvedOptions> = {
  // Messages do not show it: it may hold a secret by mistake.
  url: required({ ...guarded('an http: or https: URL without credentials, query and hash', isServerAddress), show: typeOf }),
  model: required(string()),
  version: { expected: 'a string that is not empty, or a number', parse: parseVersion },
  revision: string(),
  tokenEnv: { ...required(string()), default: 'UNPLUGIN_HD_KSERVE_TOKEN' },
  headers: {
    expected: 'an object of strings, without headers that the protocol sets (authorization: use `tokenEnv`)',
    parse: (value) => (isHeaders(value) ? { ...value } : undefined),
    default: {},
    show: typeOf,
  },
  tile: integer({ min: 48, max: 4096 }),
  overlap: integer({ min: 0, max: 512 }),
  batch: integer({ min: 1, max: 64, default: 4 }),
  concurrency: integer({ min: 1, max: 64, default: 2 }),
  timeoutMs: integer({ min: 1, max: 3_600_000, default: 60_000 }),
  retries: integer({ min: 0, max: 10, default: 5 }),
}

/** Checks and completes the options. @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed */
export function resolveOptions(options: KserveOptions): ResolvedOptions {
  const read = readOptions(OWNER, options, OPTIONS)
  const least = leastTile(read.overlap)
  if (read.tile !== undefined && read.tile < least) {
    throw refusedOption(OWNER, 'tile', String(read.tile), `at least ${least} (twice the overlap, and ${LEAST_PART})`)
  }
  return { ...read, url: baseOf(read.url) }
}

/** Headers of the body, the connection and the token. */
const RESERVED_RE = /^(?:authorization|connection|content-.*|inference-header-content-length|transfer-encoding)$/i

function isHeaders(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).every(
    ([name, text]) =>
      /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
      !RESERVED_RE.test(name) &&
      typeof text === 'string' &&
      /^[\t\x20-\x7e\x80-\xff]*$/.test(text),
  )
}

/** Without a slash and without `/v2` at its end. */
function baseOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname.replace(/\/+$/, '').replace(/\/v2$/, '')
}

function parseVersion(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

import { HdError, refuseUnknown } from '@unplugin-hd/core'

/** Checks the options of one function, and names it in what it refuses. Values are shown only where none is a secret. */
export class Checks {
  readonly #subject: string

  /** @param subject as the user wrote it: `wechat()` */
  constructor(subject: string) {
    this.#subject = subject
  }

  /** @throws HdError `HD_OPTION`, when `options` is no object or has another key than `keys` */
  known(options: object, keys: readonly string[]): void {
    refuseUnknown(options, keys, this.#subject)
  }

  /** @throws HdError `HD_OPTION` */
  oneOf<T extends string>(key: string, allowed: readonly T[], value: T): T {
    if (allowed.includes(value)) return value
    throw this.refusal(key, allowed.map((name) => `'${name}'`).join(' or '), shown(value))
  }

  /** @throws HdError `HD_OPTION` */
  integer(key: string, value: unknown, least: number, most: number): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
    throw this.refusal(key, `a whole number from ${least} to ${most}`, shown(value))
  }

  /**
   * The address without a slash at its end.
   * @param mayBePlain whether `http:` is allowed for this host
   * @param plain says so in the refusal
   * @throws HdError `HD_OPTION`
   */
  address(key: string, value: unknown, mayBePlain: (hostname: string) => boolean, plain: string): string {
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol)) throw this.refusal(key, 'an https: address', typeof value)
    if (url.username || url.password || url.search || url.hash) {
      throw this.refusal(key, 'an address without credentials, query and hash', 'one with')
    }
    if (url.protocol === 'http:' && !mayBePlain(url.hostname)) {
      throw this.refusal(key, `an https: address (http: is for ${plain})`, url.origin)
    }
    return url.origin + url.pathname.replace(/\/+$/, '')
  }

  refusal(key: string, expected: string, arrived: string): HdError {
    return new HdError('HD_OPTION', `${this.#subject} expected \`${key}\` to be ${expected}, got ${arrived}`)
  }
}

/** Where nobody else listens. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

export function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}

import { randomBytes } from 'node:crypto'
import { MINUTE, SECOND, type Clock } from './clock.ts'
import { Refusal } from './errcodes.ts'
import { Meter } from './meter.ts'

/** How long a token is valid, and how long the previous one stays valid. Milliseconds. */
const LIFE = 7200 * SECOND
const OVERLAP = 5 * MINUTE
/** A second `force_refresh` within this time refreshes nothing. Milliseconds. */
const FORCE_GAP = 30 * SECOND

interface Token {
  readonly value: string
  /** When it expires (42001). Milliseconds since 1970. */
  readonly expires: number
  /** When it stops being accepted because it was replaced (40001). Milliseconds since 1970. */
  dies: number
}

/** What both token endpoints return. `expires_in` is in seconds. */
export interface TokenAnswer {
  access_token: string
  expires_in: number
}

/** The tokens of one account. Those of `/cgi-bin/token` and `stable_token` are independent, as documented. */
export class Tokens {
  /** Limits of `/cgi-bin/token`: 2000 a day for a new account. */
  readonly plainMeter: Meter
  /** Limits of `stable_token`: 500,000 a day and 10,000 a minute. */
  readonly stableMeter: Meter
  /** Limits of `force_refresh`: 20 a day. */
  readonly forceMeter: Meter
  readonly #clock: Clock
  readonly #issued = new Map<string, Token>()
  #plain: Token | undefined
  #stable: Token | undefined
  #forcedAt = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
    this.plainMeter = new Meter(clock, 2000)
    this.stableMeter = new Meter(clock, 500_000, 10_000)
    this.forceMeter = new Meter(clock, 20)
  }

  /** `/cgi-bin/token`: always a new token; the previous one stays valid for 5 minutes. */
  plain(): TokenAnswer {
    const now = this.#clock.now()
    if (this.#plain) this.#plain.dies = Math.min(this.#plain.dies, now + OVERLAP)
    this.#plain = this.#issue()
    return this.#answer(this.#plain)
  }

  /** `stable_token`: the same token until 5 minutes before it expires; then a new one, and both are valid. */
  stable(force: boolean): TokenAnswer {
    const now = this.#clock.now()
    const current = this.#stable
    if (force && current && now - this.#forcedAt >= FORCE_GAP) {
      this.forceMeter.spend()
      this.#forcedAt = now
      current.dies = now
      this.#stable = this.#issue()
    } else if (!current || current.dies <= now || current.expires - now < OVERLAP) {
      this.#stable = this.#issue()
    }
    return this.#answer(this.#stable!)
  }

  /** Every valid token. */
  get valid(): string[] {
    const now = this.#clock.now()
    return [...this.#issued.values()].filter(({ expires, dies }) => now < expires && now < dies).map(({ value }) => value)
  }

  /** Invalidates every token (40001), as if another process had refreshed it. */
  kill(): void {
    const now = this.#clock.now()
    for (const token of this.#issued.values()) token.dies = Math.min(token.dies, now)
  }

  /** Accepts a value from elsewhere (such as `authorizer_access_token`) as a token for two hours. */
  adopt(value: string): void {
    this.#issue(value)
  }

  /** True for a valid token of this account. @throws Refusal 42001 for an expired one, 40001 for a replaced one */
  owns(value: string): boolean {
    const token = this.#issued.get(value)
    if (!token) return false
    const now = this.#clock.now()
    if (token.dies <= now) throw new Refusal(40001)
    if (token.expires <= now) throw new Refusal(42001)
    return true
  }

  // WeChat's are about 136 characters long, and may grow to 512.
  #issue(value: string = randomBytes(102).toString('base64url')): Token {
    const token = { value, expires: this.#clock.now() + LIFE, dies: Infinity }
    this.#issued.set(value, token)
    return token
  }

  #answer({ value, expires }: Token): TokenAnswer {
    return { access_token: value, expires_in: Math.ceil((expires - this.#clock.now()) / SECOND) }
  }
}

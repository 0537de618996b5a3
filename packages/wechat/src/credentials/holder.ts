import { createHash } from 'node:crypto'
import type { Token } from './request-token.ts'

/** Tokens are replaced this long before they expire. From then on WeChat issues the next token, and both are valid. */
const MARGIN_MS = 300_000

/** The token of one account: requested once for all concurrent callers, and kept until it expires. */
export class TokenHolder {
  #token: Token | undefined
  #flight: Promise<Token> | undefined

  /** @param fetch requests a token; called only if there is none and no request is pending */
  async get(now: number, fetch: () => Promise<Token>): Promise<string> {
    if (this.#token && this.#token.expiresAt - now >= MARGIN_MS) return this.#token.value
    this.#flight ??= this.#fetch(fetch)
    return (await this.#flight).value
  }

  /** Forgets a token that WeChat refused, unless another caller has replaced it meanwhile. */
  drop(refused: string): void {
    if (this.#token?.value === refused) this.#token = undefined
  }

  async #fetch(fetch: () => Promise<Token>): Promise<Token> {
    try {
      this.#token = await fetch()
      return this.#token
    } finally {
      // Failures are not kept: the next caller requests again.
      this.#flight = undefined
    }
  }
}

const holders = new Map<string, TokenHolder>()

/** The holder that all clients of this process share for these values, of which only a digest is kept. */
export function sharedHolder(...identity: string[]): TokenHolder {
  const key = createHash('sha256').update(JSON.stringify(identity)).digest('hex')
  const holder = holders.get(key) ?? new TokenHolder()
  holders.set(key, holder)
  return holder
}

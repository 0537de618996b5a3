import { createHash } from 'node:crypto'
import type { Token } from './request-token.ts'

/** With less left than this a token is replaced: from then on WeChat hands out the next one, while both work. */
const MARGIN_MS = 300_000

/** The token of one account: asked for once, whoever wants it, and kept while it lasts. */
export class TokenHolder {
  #token: Token | undefined
  #flight: Promise<Token> | undefined

  /** @param fetch asks WeChat; it is called only when there is no token, and no other call on its way */
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
      // A failure is not kept: the next one may ask again.
      this.#flight = undefined
    }
  }
}

const holders = new Map<string, TokenHolder>()

/** The holder that all clients of this process share for these values. They are kept as a digest alone. */
export function sharedHolder(...identity: string[]): TokenHolder {
  const key = createHash('sha256').update(JSON.stringify(identity)).digest('hex')
  const holder = holders.get(key) ?? new TokenHolder()
  holders.set(key, holder)
  return holder
}

import { isHdError, unlessAborted } from '@unplugin-hd/core'
import type { Environment } from '../context.ts'
import { accountHash, type Credentials, findCredentials } from './credentials.ts'
import { sharedHolder } from './holder.ts'
import { requestToken } from './request-token.ts'
import type { Clock } from '../clock.ts'
import { isWechatError } from '../errors/errors.ts'
import type { ErrorFactory } from '../errors/error-factory.ts'
import type { AccessTokenFunction, TokenOptions } from './options.ts'
import type { Redactor } from '../errors/redact.ts'
import { rowOf } from '../errors/errcodes.ts'
import type { Transport } from '../http/transport.ts'

/** How long to wait when a refresh returns the refused token, because WeChat's servers may not be in sync yet. */
const SAME_TOKEN_MS = 2000

/** One is enough, unless another program of the account refreshes tokens at the same time. */
const MAX_REFRESHES = 4

interface TokenDeps {
  options: TokenOptions
  env: Environment
  transport: Transport
  errors: ErrorFactory
  redactor: Redactor
  clock: Clock
}

/** Supplies requests with a token, and replaces it when WeChat refuses it. The same token is tried at most twice. */
export class Tokens {
  readonly #deps: TokenDeps
  #credentials: Credentials | undefined
  #asking: { rejected: string | undefined; token: Promise<string> } | undefined

  constructor(deps: TokenDeps) {
    this.#deps = deps
    // Registered here so that they are redacted from errors before the first request as well.
    const { options, env, redactor } = deps
    for (const secret of [options.accessToken, options.secret, env['WECHAT_ACCESS_TOKEN'], env['WECHAT_SECRET']]) {
      if (typeof secret === 'string') redactor.learn(secret)
    }
  }

  /** See {@link accountHash}. */
  get account(): string {
    return accountHash(this.#deps.options, this.#deps.env)
  }

  /**
   * Calls `send` with the query that carries the token.
   * @throws what `send` throws, WechatError `WECHAT_CREDENTIALS` and others of the token request
   */
  async use<T>(signal: AbortSignal | undefined, send: (query: Record<string, string>) => Promise<T>): Promise<T> {
    const { auth } = this.#deps.options
    const credentials = (this.#credentials ??= findCredentials(this.#deps.options, this.#deps.env, this.#deps.errors))
    // The environment may have been set since (dotenv).
    if (credentials.kind === 'pair') this.#deps.redactor.learn(credentials.secret)
    if (auth === 'none') return send({})
    let token = await this.#get(undefined, signal)
    for (let refreshes = 0; ; refreshes++) {
      try {
        return await send({ [auth]: token })
      } catch (error) {
        if (!isRefusal(error) || refreshes >= MAX_REFRESHES) throw error
        const next = await this.#get(token, signal)
        if (next === token) {
          // A string given by the user never changes.
          if (credentials.kind === 'given' && typeof credentials.token === 'string') throw error
          await this.#deps.clock.delay(SAME_TOKEN_MS, signal)
          return await send({ [auth]: token })
        }
        token = next
      }
    }
  }

  async #get(rejected: string | undefined, signal: AbortSignal | undefined): Promise<string> {
    const credentials = this.#credentials
    if (credentials === undefined || credentials.kind === 'none') return ''
    const ask = (): Promise<string> =>
      credentials.kind === 'pair' ? this.#ofPair(credentials, rejected) : this.#ofUser(credentials.token, rejected)
    // Shared with other callers, so it continues when one of them aborts.
    const token = await unlessAborted(signal, ask, (by) => this.#deps.errors.aborted(by))
    this.#deps.redactor.learn(token)
    return token
  }

  #ofPair({ appid, secret }: { appid: string; secret: string }, rejected: string | undefined): Promise<string> {
    const { options, clock, redactor } = this.#deps
    const holder = sharedHolder(options.baseUrl, options.tokenEndpoint, appid, secret)
    if (rejected !== undefined) holder.drop(rejected)
    return holder.get(clock.now(), async () => {
      const token = await requestToken(appid, secret, this.#deps)
      redactor.learn(token.value)
      return token
    })
  }

  /** Calls the user's function once for all concurrent callers. */
  async #ofUser(source: string | AccessTokenFunction, rejected: string | undefined): Promise<string> {
    if (typeof source === 'string') return source
    if (this.#asking?.rejected !== rejected || !this.#asking) {
      const asking = { rejected, token: this.#call(source, rejected) }
      this.#asking = asking
      const done = (): void => {
        if (this.#asking === asking) this.#asking = undefined
      }
      void asking.token.then(done, done)
    }
    return this.#asking.token
  }

  async #call(source: AccessTokenFunction, rejected: string | undefined): Promise<string> {
    const { errors } = this.#deps
    const fail = (what: string, cause?: unknown): Error =>
      errors.make('WECHAT_TOKEN', `the function \`accessToken\` ${what}`, { step: 'token', cause })
    let token: unknown
    try {
      token = await source(rejected)
    } catch (cause) {
      throw fail('failed', cause)
    }
    if (typeof token !== 'string' || token === '')
      throw fail(`gave ${typeof token === 'string' ? 'an empty text' : typeof token}`)
    return token
  }
}

/** True when WeChat refused the token of an upload or download. */
function isRefusal(error: unknown): boolean {
  if (!isHdError(error) || !isWechatError(error) || error.errcode === undefined) return false
  return error.step !== 'token' && error.step !== undefined && rowOf(error.errcode, error.step).next === 'refresh'
}

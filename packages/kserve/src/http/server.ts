import { throwIfAborted } from '@unplugin-hd/core'
import { HttpClient, type HttpAnswer, type HttpRequest, retryAfterMs, withDeadline } from '@unplugin-hd/core/http'
import { KserveError } from '../errors.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Answer } from '../protocol/answer.ts'
import { parseObject } from '../protocol/json.ts'
import type { EncodedRequest } from '../protocol/request.ts'
import { connectionError, type Purpose, statusError, wordsOf } from './failures.ts'
import { withRetries } from './retry.ts'
import { tokenOf, withoutSecrets } from '../secrets.ts'

/** The most of metadata and states. */
const MAX_JSON_BYTES = 1024 * 1024
const MAX_ERROR_BYTES = 4096

type Request = Pick<HttpRequest, 'method' | 'body' | 'maxBytes'> & {
  path: string
  headers?: Record<string, string>
  purpose: Purpose
}

/** One model on one server. */
export class Server {
  readonly #client: HttpClient
  readonly #options: ResolvedOptions
  readonly #model: string

  constructor(options: ResolvedOptions) {
    const { model, version, concurrency } = options
    this.#options = options
    this.#client = new HttpClient(concurrency)
    const versioned = version === undefined ? '' : `/versions/${encodeURIComponent(version)}`
    this.#model = `/v2/models/${encodeURIComponent(model)}${versioned}`
  }

  /** What the server declares about the model. @throws KserveError */
  async metadata(signal: AbortSignal): Promise<Record<string, unknown>> {
    const request = { method: 'GET', path: this.#model, maxBytes: MAX_JSON_BYTES, purpose: 'the metadata of the model' } as const
    const { body } = await withRetries(this.#options.retries, signal, () => this.#send(request, signal))
    return parseObject(body)
  }

  /** Asks once. @throws KserveError unless the model is ready */
  async modelIsReady(signal: AbortSignal): Promise<void> {
    const purpose = 'the state of the model'
    const { body } = await this.#send({ method: 'GET', path: `${this.#model}/ready`, maxBytes: MAX_JSON_BYTES, purpose }, signal)
    // Some servers say it by the status alone.
    if (body.length === 0 || parseObject(body)['ready'] !== false) return
    throw new KserveError('KSERVE_UNAVAILABLE', 'the server says that the model is not ready')
  }

  /** @param maxBytes of the answer @throws KserveError */
  async infer({ headers, body }: EncodedRequest, maxBytes: number, signal: AbortSignal): Promise<Answer> {
    const request = { method: 'POST', path: `${this.#model}/infer`, headers, body, maxBytes, purpose: 'an inference' } as const
    const answer = await withRetries(this.#options.retries, signal, () => this.#send(request, signal))
    const length = answer.headers['inference-header-content-length']
    return { body: answer.body, jsonLength: Array.isArray(length) ? length[0] : length }
  }

  /** Closes connections; a later request opens new ones. */
  close(): Promise<void> {
    return this.#client.close()
  }

  async #send({ method, path, headers, body, maxBytes, purpose }: Request, signal: AbortSignal): Promise<HttpAnswer> {
    const { url, timeoutMs } = this.#options
    const token = tokenOf(this.#options)
    const sent = { ...this.#options.headers, ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
    let answer: HttpAnswer
    try {
      answer = await withDeadline(timeoutMs, signal, (within) =>
        this.#client.send({
          method,
          url: url + path,
          headers: sent,
          ...(body && { body }),
          maxBytes,
          maxErrorBytes: MAX_ERROR_BYTES,
          signal: within,
        }),
      )
    } catch (error) {
      throwIfAborted(signal)
      throw connectionError(error, purpose, url)
    }
    const { status } = answer
    if (status === 200) return answer
    // Before it is shortened, which may cut a secret in two.
    const words = wordsOf(withoutSecrets(answer.body.toString('utf8'), this.#options))
    throw statusError(status, words, purpose, retryAfterMs(answer.headers['retry-after'], Date.now()))
  }
}

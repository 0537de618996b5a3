import { errorMessage, Gate, HdError, type UpscaleContext, type UpscaleInput, type Upscaler } from '@unplugin-hd/core'
import { MEDIA_UNKNOWN } from '../http/attempts.ts'
import { Breaker } from '../limits/breaker.ts'
import { spend } from '../limits/budget.ts'
import type { WechatConnection } from '../api/connection.ts'
import type { Clock } from '../clock.ts'
import { isWechatError } from '../errors/errors.ts'
import { ErrorFactory } from '../errors/error-factory.ts'
import { Pace } from '../limits/pace.ts'
import type { Redactor } from '../errors/redact.ts'
import { mediaKey, recall, remember } from './remembered.ts'
import type { ResolvedUpscalerOptions } from './options.ts'
import type { WechatImage } from '../api/superresolution.ts'

/** WeChat does not version its algorithm. Increase it when our side gives different pixels. */
const VERSION = 'imgsuperresolution-1'

interface Parts {
  client: WechatConnection
  options: ResolvedUpscalerOptions
  /** The redactor of the client. */
  redactor: Redactor
  clock: Clock
  /** Logged once, before the first image. */
  warning?: string | undefined
}

/**
 * Turns a connection into an upscaler with a memo of paid results, a budget, a pace and a breaker. Name and version do not depend on
 * the kind of connection, so all of them share cache entries.
 */
export function meteredUpscaler({ client, options, redactor, clock, warning }: Parts): Upscaler {
  const errors = new ErrorFactory(redactor)
  const breaker = new Breaker(errors)
  const gate = new Gate(options.concurrency)
  const pace = new Pace(options.minIntervalMs, clock)
  let closing = new AbortController()
  let warned = false

  async function double(image: UpscaleInput, context: UpscaleContext, signal: AbortSignal): Promise<Uint8Array> {
    const { account } = client
    const { memo, log } = context
    const sent = await whatToSend(image)
    const key = mediaKey(account, sent, image.digest)
    const known = await recall(key, memo, clock.now())
    if (known !== undefined) {
      const found = await fetchKnown(known)
      if (found) return found
      await memo.delete(key)
    }
    const asked = clock.now()
    const doubled = await client.superresolution(sent, { signal, beforeAttempt })
    if ('image' in doubled) return doubled.image
    try {
      await remember(key, doubled.mediaId, memo, asked)
    } catch (error) {
      // The call has been charged, so go on rather than lose the result.
      warn(`the result cannot be remembered, a failed download will cost again: ${errorMessage(error)}`)
    }
    context.onProgress(0.5)
    return client.media(doubled.mediaId, { signal, warn })

    function warn(message: string): void {
      log.warn(redactor.text(`wechat: ${message}`))
    }

    async function beforeAttempt(): Promise<void> {
      await pace.turn(signal)
      // Another image may have stopped the breaker during the wait.
      breaker.check()
      await spend(account, options.dailyBudget, memo, clock, errors)
    }

    async function fetchKnown(mediaId: string): Promise<Uint8Array | undefined> {
      try {
        const media = await client.media(mediaId, { signal, warn, remembered: true })
        log.debug('wechat: fetched a result that had been paid for earlier')
        return media
      } catch (error) {
        if (isWechatError(error) && error.errcode === MEDIA_UNKNOWN) return undefined
        throw error
      }
    }
  }

  async function whatToSend(image: UpscaleInput): Promise<WechatImage> {
    const { file, digest, width, height } = image
    const url = options.publicUrl && addressOf(() => options.publicUrl?.({ file, digest, width, height }))
    if (url !== undefined) return { url }
    const { data, format } = await image.encoded()
    if (format === 'webp') throw new HdError('HD_FIT', 'wechat() takes JPEG and PNG, got WebP')
    return { data, format }
  }

  function addressOf(call: () => unknown): string | undefined {
    let url: unknown
    try {
      url = call()
    } catch (cause) {
      throw errors.make('WECHAT_IMAGE', 'the function `publicUrl` failed', { cause })
    }
    if (url === undefined || (typeof url === 'string' && /^https?:\/\//.test(url) && URL.canParse(url))) return url
    throw errors.make('WECHAT_IMAGE', 'the function `publicUrl` gave something that is no http: or https: address')
  }

  function warnOnce(context: UpscaleContext): void {
    if (warned || warning === undefined) return
    warned = true
    context.log.warn(`wechat: ${warning}`)
  }

  return {
    name: 'wechat',
    version: VERSION,
    metered: true,
    accepts: { formats: ['jpeg', 'png'], maxBytes: options.maxUploadBytes },

    async upscale(image, context) {
      const signal = AbortSignal.any([context.signal, closing.signal])
      breaker.check()
      let leave: (() => void) | undefined
      try {
        leave = await gate.enter(signal)
        breaker.check()
        warnOnce(context)
        const doubled = await double(image, context, signal)
        breaker.succeeded()
        return doubled
      } catch (error) {
        if (signal.aborted) throw errors.aborted(signal)
        throw breaker.failed(error)
      } finally {
        leave?.()
      }
    },

    /** Images in progress reject with `HD_ABORTED`. Resets the breaker. */
    async close() {
      closing.abort(new Error('the upscaler was closed'))
      closing = new AbortController()
      breaker.reset()
      await client.close()
    },
  }
}

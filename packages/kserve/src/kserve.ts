import {
  createAbortController,
  Gate,
  HdError,
  isHdError,
  type Pixels,
  unlessAborted,
  type UpscaleContext,
  type UpscaleInput,
  type Upscaler,
} from '@unplugin-hd/core'
import { isExposed } from '@unplugin-hd/core/http'
import { OVERLAP } from '@unplugin-hd/core/tensor'
import { Breaker } from './breaker.ts'
import { checkServer } from './check.ts'
import { Server } from './http/server.ts'
import { type Model, openModel } from './model.ts'
import { type KserveOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { errorWithoutSecrets } from './secrets.ts'
import { type BatchLimit, upscaleImage } from './upscale-image.ts'

/** Increase it when the same model produces different pixels: tiling, input, filter, rounding. */
const ALGORITHM = 1

/**
 * An upscaler that runs a model on an inference server which speaks the Open Inference Protocol (version 2, HTTP): Triton, KServe,
 * OpenVINO Model Server and others. The model may have any factor from 1 to 8; its output is brought to exactly 2x.
 * @throws HdError `HD_OPTION`, when an option is missing, unknown or has a value that is not allowed
 * @example kserve({ url: 'https://inference.example.com', model: 'realesrgan-x2', version: 3 })
 */
export function kserve(options: KserveOptions): Upscaler {
  const resolved = resolveOptions(options)
  const server = new Server(resolved)
  const gate = new Gate(resolved.concurrency)
  let breaker = new Breaker()
  const batch: BatchLimit = { tiles: resolved.batch }
  let closing = createAbortController()
  let opened: Promise<Model> | undefined
  let warned = false

  /** One for all images; a failure is forgotten. */
  const open = (): Promise<Model> => {
    const opening = (opened ??= openModel(server, resolved, closing.signal))
    opening.catch(() => forget(opening))
    return opening
  }
  const forget = (model: Promise<Model>): void => {
    if (opened === model) opened = undefined
  }

  const warnOfPlain = ({ log }: UpscaleContext): void => {
    if (warned || !isExposed(resolved.url)) return
    warned = true
    log.warn(
      'kserve: http: is not encrypted: everybody on the way can read the token and the images, and replace them. Use https:',
    )
  }

  return {
    name: 'kserve',
    version: versionOf(resolved),

    async upscale(input: UpscaleInput, context: UpscaleContext): Promise<Pixels> {
      const signal = AbortSignal.any([context.signal, closing.signal])
      const beforeRequest = breaker.enter()
      warnOfPlain(context)
      const opening = open()
      const failed = (thrown: unknown): unknown => {
        const error = errorWithoutSecrets(thrown, resolved)
        // The server may have another model by now.
        if (isHdError(error) && (error.code === 'KSERVE_RESPONSE' || error.code === 'KSERVE_MODEL')) forget(opening)
        return breaker.failed(error)
      }
      const model = await unlessAborted(signal, () => opening).catch((error: unknown) => {
        throw failed(error)
      })
      const image = checkPixels(await input.pixels())
      const onProgress = (fraction: number): void => context.onProgress(fraction)
      const result = await upscaleImage(model, { image, gate, batch, signal, beforeRequest, failed, onProgress })
      breaker.succeeded()
      return result
    },

    check: ({ signal }) => checkServer(server, resolved, signal),

    /** Images in progress reject with `HD_ABORTED`. */
    async close() {
      closing.abort(new Error('the upscaler was closed'))
      closing = createAbortController()
      opened = undefined
      batch.tiles = resolved.batch
      breaker = new Breaker()
      await server.close()
    },
  }
}

/** The server's address is no part of it: the same model gives the same pixels elsewhere. */
function versionOf({ model, version, revision, tile, overlap }: ResolvedOptions): string {
  const named = [model, version ?? '', revision ?? ''].map((each) => encodeURIComponent(each)).join('@')
  return `${named}-a${ALGORITHM}-t${tile ?? 'auto'}-o${overlap ?? OVERLAP}`
}

/** With a wrong length, rows would be read out of place. */
function checkPixels(pixels: Pixels): Pixels {
  const { width, height, data } = pixels
  if (data.length === 3 * width * height && data.length > 0) return pixels
  throw new HdError('HD_RUNTIME', `expected 3 x ${width} x ${height} bytes of pixels, got ${data.length}`)
}

import type { Sharp, SharpOptions } from 'sharp'
import { errorMessage, HdError } from './errors.ts'

type SharpModule = typeof import('sharp').default

let loading: Promise<SharpModule> | undefined

/**
 * sharp, loaded on first use: a build that finds everything in the cache never pays for it.
 * @throws HdError `HD_RUNTIME` when its native part cannot be loaded
 */
export function loadSharp(): Promise<SharpModule> {
  loading ??= import('sharp').then(
    (module) => module.default,
    (cause: unknown) => {
      loading = undefined
      throw new HdError('HD_RUNTIME', `sharp could not be loaded: ${errorMessage(cause)}`, {
        cause,
        remedy: 'Install it for this platform, see https://sharp.pixelplumbing.com/install',
      })
    },
  )
  return loading
}

/** Raw pixels as sharp's input. No copy is made. */
export async function fromRaw(data: Uint8Array, width: number, height: number, channels: 1 | 3): Promise<Sharp> {
  const sharp = await loadSharp()
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
}

/**
 * An image file as sharp's input. Damage that leaves holes in the image is an error; sizes are bounded by the callers,
 * who read the header first.
 */
export async function fromFile(bytes: Uint8Array, options: SharpOptions = {}): Promise<Sharp> {
  const sharp = await loadSharp()
  return sharp(bytes, { failOn: 'error', limitInputPixels: false, ...options })
}

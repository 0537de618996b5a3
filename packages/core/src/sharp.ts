import type { Sharp, SharpOptions } from 'sharp'
import { errorMessage, HdError } from './errors.ts'

type SharpModule = typeof import('sharp').default

let loading: Promise<SharpModule> | undefined

/**
 * Loads sharp on first use: a fully cached build never loads it.
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

/** Raw pixels as sharp input, without a copy. */
export async function fromRaw(data: Uint8Array, width: number, height: number, channels: 1 | 3): Promise<Sharp> {
  const sharp = await loadSharp()
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
}

/**
 * An image file as sharp input. Damaged images are errors. Callers bound the size by reading the header first.
 */
export async function fromFile(bytes: Uint8Array, options: SharpOptions = {}): Promise<Sharp> {
  const sharp = await loadSharp()
  return sharp(bytes, { failOn: 'error', limitInputPixels: false, ...options })
}

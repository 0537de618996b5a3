import { setTimeout } from 'node:timers/promises'
import type { Upscaler } from 'unplugin-hd'

export interface CountingUpscaler extends Upscaler {
  /** The number of images it got. */
  calls: number
}

/** Doubles every pixel. */
export function doubling(): CountingUpscaler {
  return {
    name: 'doubling',
    version: '1',
    calls: 0,
    async upscale(image) {
      this.calls++
      const { width, height, data } = await image.pixels()
      const doubled = new Uint8Array(12 * width * height)
      for (let at = 0; at < 4 * width * height; at++) {
        const source = ((at % (2 * width)) >> 1) + width * (Math.floor(at / (2 * width)) >> 1)
        doubled.set(data.subarray(3 * source, 3 * source + 3), 3 * at)
      }
      return { width: 2 * width, height: 2 * height, data: doubled }
    },
  }
}

/** Always fails. */
export function failing(): CountingUpscaler {
  return {
    name: 'failing',
    version: '1',
    calls: 0,
    async upscale() {
      this.calls++
      throw new Error('no luck today')
    },
  }
}

/** Delays images named `slow…`, so that they fail if it is closed meanwhile, like a stopped worker. */
export function closable(): Upscaler {
  const { upscale, ...rest } = doubling()
  let closing = new AbortController()
  return {
    ...rest,
    async upscale(image, context) {
      if (image.file.includes('slow')) await setTimeout(300, undefined, { signal: closing.signal })
      return upscale.call(doubling(), image, context)
    },
    async close() {
      closing.abort()
      closing = new AbortController()
    },
  }
}

import type { CountingUpscaler } from './upscaler.ts'

export interface Gated extends CountingUpscaler {
  /** Opens the gate. */
  open(): void
  /** Names of the images it got, in order. */
  files: string[]
}

/** Doubles every pixel and makes it redder, after the gate was opened. */
export function gated(): Gated {
  let open: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  return {
    name: 'gated',
    version: '1',
    calls: 0,
    files: [],
    open: () => open(),
    async upscale(image, { signal }) {
      this.calls++
      this.files.push(image.file)
      await Promise.race([opened, new Promise((resolve) => signal.addEventListener('abort', resolve))])
      signal.throwIfAborted()
      const { width, height, data } = await image.pixels()
      const doubled = new Uint8Array(12 * width * height)
      for (let at = 0; at < 4 * width * height; at++) {
        const source = ((at % (2 * width)) >> 1) + width * (Math.floor(at / (2 * width)) >> 1)
        const [red, green, blue] = data.subarray(3 * source, 3 * source + 3)
        doubled.set([Math.min(255, red! + REDDER), green!, blue!], 3 * at)
      }
      return { width: 2 * width, height: 2 * height, data: doubled }
    },
  }
}

/** How much red is added: less would be lost in JPEG, more would be refused. */
const REDDER = 24

/** Whether a pixel of a grey source comes from the upscaler. */
export function isReal([red, green]: Uint8Array): boolean {
  return red! - green! > REDDER / 2
}

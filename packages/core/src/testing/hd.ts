import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { HdEvent } from '../events.ts'
import { createHd, type Hd } from '../hd.ts'
import { resolveOptions, type CoreOptions } from '../options.ts'
import type { Pixels, UpscaleContext, UpscaleInput, Upscaler } from '../upscaler/upscaler.ts'
import { temporaryFolder } from './folder.ts'

export interface Workshop {
  hd: Hd
  root: string
  events: HdEvent[]
  warnings: string[]
  /** Writes an image below the root and reads it as a source. */
  source: (name: string, bytes: Uint8Array) => ReturnType<Hd['source']>
}

/** An `Hd` in its own folder. @param root of another workshop, to share its cache */
export async function workshop(options: CoreOptions, root?: string, skipMetered: boolean = false): Promise<Workshop> {
  const folder = root ?? (await temporaryFolder())
  const events: HdEvent[] = []
  const warnings: string[] = []
  const resolved = resolveOptions(
    { cache: { dir: 'cache' }, ...options },
    { root: folder, env: {}, defaultUpscaler: () => repeater() },
  )
  const hd = createHd(resolved, {
    log: { debug: () => undefined, info: () => undefined, warn: (message) => void warnings.push(message) },
    onEvent: (event) => void events.push(event),
    skipMetered: () => skipMetered,
  })
  return {
    hd,
    root: folder,
    events,
    warnings,
    async source(name, bytes) {
      const file = path.join(folder, name)
      await writeFile(file, bytes)
      return hd.source(file)
    },
  }
}

export interface CountingUpscaler extends Upscaler {
  calls: { image: UpscaleInput; context: UpscaleContext }[]
}

/** Doubles by repeating every pixel, and counts its calls. */
export function repeater(overrides: Partial<Upscaler> = {}): CountingUpscaler {
  const calls: CountingUpscaler['calls'] = []
  return {
    name: 'repeater',
    version: '1',
    calls,
    ...overrides,
    async upscale(image, context) {
      calls.push({ image, context })
      return overrides.upscale ? overrides.upscale(image, context) : repeat(await image.pixels())
    },
  }
}

/** The image at 2x with every pixel repeated. */
export function repeat({ width, height, data }: Pixels): Pixels {
  const doubled = new Uint8Array(12 * width * height)
  for (let y = 0; y < 2 * height; y++) {
    for (let x = 0; x < 2 * width; x++) {
      const from = 3 * ((y >> 1) * width + (x >> 1))
      doubled.set(data.subarray(from, from + 3), 3 * (2 * width * y + x))
    }
  }
  return { width: 2 * width, height: 2 * height, data: doubled }
}

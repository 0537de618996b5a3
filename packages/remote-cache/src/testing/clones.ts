import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  createHd,
  loadSharp,
  resolveOptions,
  type CacheOptions,
  type CoreOptions,
  type Hd,
  type HdAsset,
  type HdEvent,
  type JobRequest,
  resample,
} from '@unplugin-hd/core'
import { onTestFinished } from 'vitest'
import { createRemoteCache } from '../remote-cache.ts'

type Remote = NonNullable<CacheOptions['remote']>

export interface Clone {
  hd: Hd
  root: string
  warnings: string[]
  /** Number of images that were upscaled. */
  upscaled(): number
  /** The 2x of each of so many images, different from each other. */
  make(images: number, request?: JobRequest): Promise<HdAsset[]>
}

/** A clone of a project on a machine of its own: nothing but the remote cache is shared. */
export async function clone(remote: Remote, env: Record<string, string> = {}, options: CoreOptions = {}): Promise<Clone> {
  const root = await mkdtemp(path.join(tmpdir(), 'hd-remote-'))
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))
  const warnings: string[] = []
  const events: HdEvent[] = []
  const resolved = resolveOptions(
    { upscaler: resample(), ...options, cache: { dir: 'cache', remote } },
    {
      root,
      env,
      defaultUpscaler: resample,
      remote: (described, place) => (log) => createRemoteCache(described, { ...place, log }),
    },
  )
  const log = { debug: () => undefined, info: () => undefined, warn: (text: string) => void warnings.push(text) }
  const hd = createHd(resolved, { log, onEvent: (event) => void events.push(event) })
  return {
    hd,
    root,
    warnings,
    upscaled: () => events.filter(({ type }) => type === 'upscaled').length,
    async make(images, request = {}) {
      return Promise.all(
        Array.from({ length: images }, async (_, index) => {
          const file = path.join(root, `${index}.png`)
          await writeFile(file, await imageOf(index))
          return hd.job(await hd.source(file), request).make()
        }),
      )
    },
  }
}

/** 12x8 pixels, different for each number. */
async function imageOf(number: number): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const data = Uint8Array.from({ length: 12 * 8 * 3 }, (_, at) => (at * 3 + 17 * number) % 256)
  return sharp(data, { raw: { width: 12, height: 8, channels: 3 } })
    .png()
    .toBuffer()
}

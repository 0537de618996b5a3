import {
  backgroundConcurrency,
  errorMessage,
  formatError,
  isHdError,
  makePreview,
  type Asset,
  type Hd,
  type HdAsset,
  type Job,
  type OriginalJob,
  type Preview,
  type Source,
} from '@unplugin-hd/core'
import type { Image } from './address.ts'
import { createBackground } from './background.ts'
import { createEncodings, MAX_ENCODINGS } from './encodings.ts'

/** What a dev server has for an image. */
export type Answer =
  | {
      kind: 'real'
      asset: Pick<Asset, 'key' | 'bytes' | 'mime'>
      /** Of what decides about it: the key of its job. */
      version: string
      /** No other upscaler of the chain could still make a better one. */
      final: boolean
    }
  | { kind: 'preview'; bytes: Uint8Array; mime: string }

export interface Images {
  /**
   * The real image when it is there, else a preview, and the real one is made in the background.
   * @param onWanted told what `onReady` will call the real one, before it can be ready
   * @throws HdError when there cannot be one
   */
  answer(file: string, image: Image, onWanted: (id: string) => void): Promise<Answer>
  /** Forgets what has not begun. */
  close(): void
}

/** Outcomes that are remembered; beyond them the oldest are forgotten. */
const MAX_REMEMBERED = 2000

/** Images that the cache would not take are kept here, up to this many bytes. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024

type Made = Pick<Asset, 'key' | 'mime'> & { final: boolean }

/** @param onReady told the `id` of a wish, and the key of what was made */
export function createImages(
  hd: Hd,
  onReady: (id: string, key: string, file: string) => void,
  warn: (message: string) => void,
): Images {
  const { mode, concurrency, maxPixels } = hd.options
  const background = createBackground(backgroundConcurrency(concurrency))
  /** What came of wishes. What failed is not tried again before the source, or an option, is another one. */
  const outcomes = new Map<string, Made | 'failed'>()
  const kept = new Map<string, Uint8Array>()

  const encodings = createEncodings()
  const previews = new Map<string, Promise<Preview>>()
  let closing = new AbortController()
  const warned = new Set<string>()

  const warnOnce = (message: string): void => {
    if (!warned.has(message)) warn(message)
    warned.add(message)
  }

  /** Requests that come together share one. */
  const preview = async (source: Source, { scale }: Image): Promise<Answer> => {
    if (scale === 1) return { kind: 'preview', ...(await hd.original(source).make()) }
    const id = `${scale} ${source.digest}`
    let making = previews.get(id)
    if (!making) {
      making = makePreview(source, scale, maxPixels, closing.signal).finally(() => previews.delete(id))
      previews.set(id, making)
    }
    return { kind: 'preview', ...(await making) }
  }

  const remember = (id: string, outcome: Made | 'failed'): void => {
    outcomes.set(id, outcome)
    if (outcomes.size > MAX_REMEMBERED) outcomes.delete(outcomes.keys().next().value!)
  }

  const find = async (id: string, version: string, job: Job | OriginalJob): Promise<Answer | undefined> => {
    const known = outcomes.get(id)
    if (known && known !== 'failed') {
      const bytes = kept.get(known.key) ?? (await hd.store.get(known.key))?.bytes
      if (bytes) return { kind: 'real', asset: { ...known, bytes }, version, final: known.final }
    }
    const asset = await job.find()
    return asset && { kind: 'real', asset, version, final: isFinal(asset) }
  }

  const jobOf = (source: Source, { scale, format, quality }: Image): Job | OriginalJob =>
    scale === 1 ? hd.original(source, { format, quality }) : hd.job(source, { factor: scale, format, quality })

  const make = async (job: Job | OriginalJob): Promise<Asset | undefined> => {
    const asset = await job.make()
    // The source at 1x is no 2x: the preview is the better one, as whoever asks for a 2x counts with its size.
    return 'factor' in asset && asset.factor === 1 && mode !== 'off' ? undefined : asset
  }

  const keep = ({ key, bytes }: Asset): void => {
    kept.set(key, bytes)
    let total = [...kept.values()].reduce((sum, { length }) => sum + length, 0)
    for (const [oldest, { length }] of kept) {
      if (total <= MAX_KEPT_BYTES || oldest === key) break
      kept.delete(oldest)
      total -= length
    }
  }

  const work = async (id: string, file: string, version: string, image: Image): Promise<void> => {
    try {
      const source = await hd.source(file)
      // It was edited meanwhile, and pages ask for the new one.
      const job = jobOf(source, image)
      if (job.key !== version) return
      const asset = await make(job)
      if (!asset) return remember(id, 'failed')
      remember(id, { key: asset.key, mime: asset.mime, final: isFinal(asset) })
      if (!(await hd.store.has(asset.key))) keep(asset)
      onReady(id, asset.key, file)
    } catch (error) {
      if (isHdError(error) && error.code === 'HD_ABORTED') return
      remember(id, 'failed')
      warn(`${isHdError(error) ? formatError(error) : errorMessage(error)}; pages show a preview instead`)
    }
  }

  return {
    async answer(file, image, onWanted) {
      const source = await hd.source(file)
      const job = jobOf(source, image)
      const version = job.key
      const id = [file, image.scale, version].join('\0')
      const found = await find(id, version, job)
      if (found) return found
      if (mode !== 'on') {
        const asset = await job.make()
        return { kind: 'real', asset, version, final: true }
      }
      if (!encodings.admit(file, image)) {
        warnOnce(`${source.name}: more than ${MAX_ENCODINGS} encodings of it were asked for, the others stay previews`)
        return preview(source, image)
      }
      const isNew = !background.has(id) && outcomes.get(id) !== 'failed'
      // A page with new images gets its previews before anything is begun. Who asks again and again holds up nothing.
      const release = isNew ? background.hold() : () => undefined
      if (outcomes.get(id) !== 'failed') {
        onWanted(id)
        background.add(id, () => work(id, file, version, image))
      }
      try {
        return await preview(source, image)
      } finally {
        release()
      }
    },
    close() {
      background.clear()
      closing.abort()
      closing = new AbortController()
    },
  }
}

/** No other upscaler of the chain could make a better one. */
function isFinal(asset: Asset | HdAsset): boolean {
  return !('provisional' in asset && asset.provisional)
}

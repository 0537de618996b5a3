import {
  backgroundConcurrency,
  createAbortController,
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
import type { ImageVariant } from './address.ts'
import { createBackground } from './background.ts'
import { createEncodings, MAX_ENCODINGS } from './encodings.ts'

/** What a dev server shows for an image. */
export type Found =
  | {
      kind: 'real'
      asset: Pick<Asset, 'key' | 'bytes' | 'mime'>
      /** Key of its job. */
      version: string
      /** No other upscaler of the chain could still make a better one. */
      final: boolean
    }
  | { kind: 'preview'; bytes: Uint8Array; mime: string }

export interface Images {
  /**
   * The real image if it exists. If not, a preview, and the real one is made in the background.
   * @param file absolute path of the source
   * @param onQueued called before the real image is queued, with the id that `onReady` will get
   * @throws HdError when the image cannot be made
   */
  find(file: string, variant: ImageVariant, onQueued: (id: string) => void): Promise<Found>
  /** Makes an image in the background, also one that has failed. @param file as of {@link Images.find} @throws HdError */
  make(file: string, variant: ImageVariant): Promise<void>
  /** Drops the images that wait to be made. */
  close(): void
}

export interface ImagesContext {
  warn(message: string): void
  /** Called when a real image was made. @param id of `onQueued` @param key of the image */
  onReady(id: string, key: string, file: string): void
  /** Called when an image begins to wait for its turn (1), and when it does so no more (-1). */
  onWait(file: string, change: 1 | -1): void
}

/** When more outcomes are known, the oldest are forgotten. */
const MAX_OUTCOMES = 2000

/** Images that the cache did not take are kept in memory, up to this many bytes. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024

type Made = Pick<Asset, 'key' | 'mime'> & { final: boolean }

export function createImages(hd: Hd, { warn, onReady, onWait }: ImagesContext): Images {
  const { mode, concurrency, maxPixels } = hd.options
  const background = createBackground(backgroundConcurrency(concurrency), (id) => onWait(id.slice(0, id.indexOf('\0')), -1))
  /** By id. A failed image is not tried again until its source or the options change. */
  const outcomes = new Map<string, Made | 'failed'>()
  const kept = new Map<string, Uint8Array>()
  const encodings = createEncodings()
  const previews = new Map<string, Promise<Preview>>()
  let closing = createAbortController()
  const warned = new Set<string>()

  const warnOnce = (message: string): void => {
    if (!warned.has(message)) warn(message)
    warned.add(message)
  }

  /** Requests that come at the same time share one. */
  const preview = async (source: Source, { scale }: ImageVariant): Promise<Found> => {
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
    if (outcomes.size > MAX_OUTCOMES) outcomes.delete(outcomes.keys().next().value!)
  }

  const findReal = async (id: string, version: string, job: Job | OriginalJob): Promise<Found | undefined> => {
    const known = outcomes.get(id)
    if (known && known !== 'failed') {
      const bytes = kept.get(known.key) ?? (await hd.store.get(known.key))?.bytes
      if (bytes) return { kind: 'real', asset: { ...known, bytes }, version, final: known.final }
    }
    const asset = await job.find()
    return asset && { kind: 'real', asset, version, final: isFinal(asset) }
  }

  const jobOf = (source: Source, { scale, width, format, quality }: ImageVariant): Job | OriginalJob =>
    scale === 1 ? hd.original(source, { format, quality }) : hd.job(source, { factor: scale, width, format, quality })

  const make = async (job: Job | OriginalJob): Promise<Asset | undefined> => {
    const asset = await job.make()
    // Enlarging failed and `onError` gave the source. The preview is better: it has the size that the page expects.
    return 'isSource' in asset && asset.isSource && mode !== 'off' ? undefined : asset
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

  const queue = (id: string, file: string, version: string, variant: ImageVariant): void => {
    if (!background.has(id)) onWait(file, 1)
    background.add(id, () => {
      onWait(file, -1)
      return work(id, file, version, variant)
    })
  }

  const work = async (id: string, file: string, version: string, variant: ImageVariant): Promise<void> => {
    try {
      const source = await hd.source(file)
      // If it was edited meanwhile, pages request the new one.
      const job = jobOf(source, variant)
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
    async find(file, variant, onQueued) {
      const source = await hd.source(file)
      const job = jobOf(source, variant)
      const version = job.key
      const id = idOf(file, variant, version)
      const found = await findReal(id, version, job)
      if (found) return found
      if (mode !== 'on') {
        const asset = await job.make()
        return { kind: 'real', asset, version, final: true }
      }
      if (!encodings.admit(file, variant)) {
        warnOnce(`${source.name}: more than ${MAX_ENCODINGS} encodings of it were requested, the others remain previews`)
        return preview(source, variant)
      }
      const isNew = !background.has(id) && outcomes.get(id) !== 'failed'
      // A page with new images gets all its previews before one is made. A repeated request delays nothing.
      const release = isNew ? background.hold() : () => undefined
      if (outcomes.get(id) !== 'failed') {
        onQueued(id)
        queue(id, file, version, variant)
      }
      try {
        return await preview(source, variant)
      } finally {
        release()
      }
    },
    async make(file, variant) {
      const { key } = jobOf(await hd.source(file), variant)
      const id = idOf(file, variant, key)
      if (outcomes.get(id) === 'failed') outcomes.delete(id)
      queue(id, file, key, variant)
    },
    close() {
      background.clear()
      closing.abort()
      closing = createAbortController()
    },
  }
}

function idOf(file: string, { scale }: ImageVariant, version: string): string {
  return [file, scale, version].join('\0')
}

function isFinal(asset: Asset | HdAsset): boolean {
  return !('provisional' in asset && asset.provisional)
}

import { backgroundConcurrency, errorMessage, formatError, isHdError, type Asset, type Hd, type Source } from '@unplugin-hd/core'
import type { Picture } from './address.ts'
import { createBackground } from './background.ts'

/** What a dev server has for a picture. */
export type Answer =
  | {
      kind: 'real'
      asset: Pick<Asset, 'key' | 'bytes' | 'mime'>
      /** No other upscaler of the chain could still make a better one. */
      final: boolean
    }
  | { kind: 'preview'; bytes: Uint8Array; mime: string }

export interface Pictures {
  /**
   * The real picture when it is there, else a preview, and the real one is made in the background.
   * @param onWanted told what `onReady` will call the real one, before it can be ready
   * @throws HdError when there cannot be one
   */
  answer(file: string, picture: Picture, onWanted: (id: string) => void): Promise<Answer>
  /** The media type of the real one, or of the preview, without making either. */
  close(): void
}

/** Outcomes that are remembered; beyond them the oldest are forgotten. */
const MAX_REMEMBERED = 2000

/** Pictures that the cache would not take are kept here, up to this many bytes. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024

/** @param onReady told the `id` of a wish, and the key of what was made */
export function createPictures(
  hd: Hd,
  onReady: (id: string, key: string, file: string) => void,
  warn: (message: string) => void,
): Pictures {
  const { upscalers, mode, concurrency } = hd.options
  const background = createBackground(backgroundConcurrency(concurrency))
  const made = new Map<string, Omit<Asset, 'bytes'> & { final: boolean }>()
  /** Not tried again before the source, or an option, is another one. */
  const failed = new Set<string>()
  const kept = new Map<string, Uint8Array>()

  const isFinal = (asset: Asset): boolean =>
    !('upscaler' in asset) || asset.upscaler === undefined || asset.upscaler === upscalers[0]!.name

  const find = async (id: string, source: Source, picture: Picture): Promise<Answer | undefined> => {
    const known = made.get(id)
    if (known) {
      const bytes = kept.get(known.key) ?? (await hd.stored(known.key))
      if (bytes) return { kind: 'real', asset: { ...known, bytes }, final: known.final }
    }
    const asset = await (picture.scale === 1 ? hd.findOriginal(source, picture) : hd.find(source, picture))
    return asset && { kind: 'real', asset, final: isFinal(asset) }
  }

  const make = async (source: Source, picture: Picture): Promise<Asset | undefined> => {
    if (picture.scale === 1) return hd.original(source, picture)
    const asset = await hd.double(source, picture)
    // The source at 1x is no 2x: the preview is the better one, as whoever asks for a 2x counts with its size.
    return asset.factor === 2 || mode === 'off' ? asset : undefined
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

  const work = async (id: string, file: string, version: string, picture: Picture): Promise<void> => {
    try {
      const source = await hd.source(file)
      // It was edited meanwhile, and pages ask for the new one.
      if (hd.version(source, picture) !== version) return
      const asset = await make(source, picture)
      if (!asset) return void remember(failed, id)
      const { bytes: _, ...facts } = asset
      remember(made, id, { ...facts, final: isFinal(asset) })
      if (!(await hd.stored(asset.key))) keep(asset)
      onReady(id, asset.key, file)
    } catch (error) {
      if (isHdError(error) && error.code === 'HD_ABORTED') return
      remember(failed, id)
      warn(`${isHdError(error) ? formatError(error) : errorMessage(error)}; pages show a preview instead`)
    }
  }

  return {
    async answer(file, picture, onWanted) {
      const source = await hd.source(file)
      const version = hd.version(source, picture)
      const id = [file, picture.scale, version].join('\0')
      const found = await find(id, source, picture)
      if (found) return found
      if (mode !== 'on') {
        const asset = await hd.double(source, picture)
        return { kind: 'real', asset, final: true }
      }
      if (!failed.has(id)) {
        onWanted(id)
        background.add(id, () => work(id, file, version, picture))
      }
      const release = background.hold()
      try {
        if (picture.scale === 1) return { kind: 'preview', ...(await hd.original(source)) }
        return { kind: 'preview', ...(await hd.preview(source)) }
      } finally {
        release()
      }
    },
    close: () => background.clear(),
  }
}

function remember(set: Set<string>, id: string): void
function remember<T>(map: Map<string, T>, id: string, value: T): void
function remember<T>(memory: Set<string> | Map<string, T>, id: string, value?: T): void {
  if (memory instanceof Set) memory.add(id)
  else memory.set(id, value!)
  if (memory.size > MAX_REMEMBERED) memory.delete(memory.keys().next().value!)
}

import type { Sharp } from 'sharp'
import { toImage } from './encode.ts'
import { errorMessage } from '../errors.ts'
import { fileFacts, FORMAT_FACTS } from '../request/format.ts'
import { previewPool } from '../schedule/memory.ts'
import { decodeSource } from './pixels.ts'
import { rejoin } from './rejoin.ts'
import { resamplePixels } from '../upscaler/resample.ts'
import { fromFile } from '../sharp.ts'
import { brokenSource, readHeader, type Header, type Source } from '../source/source.ts'
import { MAX_PREVIEWS } from '../schedule/threads.ts'

/** Memory that a preview takes while it is made, in bytes per pixel of the result. */
const WEIGHT = 8

/**
 * Larger previews repeat the pixels of the source instead of resampling them. Browsers request six images at once; one core
 * takes 37 ms to repeat 2 MP to 8 MP, and 49 ms to resample 0.25 MP to 1 MP.
 */
const MAX_RESAMPLED_PIXELS = 1_000_000

/** An image to look at until the real one is there. */
export interface Preview {
  bytes: Uint8Array
  format: 'png' | 'jpeg'
  /** File extension without the dot. */
  extension: string
  mime: string
}

/**
 * A preview of exactly `factor` times the size, on centre. It is made at once and not kept.
 * @param maxPixels the most that it may have
 * @throws HdError `HD_SOURCE_…`, `HD_ABORTED`
 */
export async function makePreview(source: Source, factor: number, maxPixels: number, signal: AbortSignal): Promise<Preview> {
  const header = await readHeader(source, maxPixels, factor)
  const { width, height, alpha } = header
  const pixels = width * height
  const isPng = alpha || factor * Math.max(width, height) > FORMAT_FACTS.jpeg.maxSide
  return previewPool().run({ weight: WEIGHT * factor * factor * pixels, maxCount: MAX_PREVIEWS }, signal, async () => {
    // Alpha is resampled separately, which takes as long again.
    const isLarge = factor * factor * pixels * (alpha ? 2 : 1) > MAX_RESAMPLED_PIXELS
    const pipeline = isLarge ? await repeated(source, header, factor) : await resampled(source, header, factor)
    // Fast settings instead of small files: previews only go to the local browser.
    if (isPng) pipeline.png({ compressionLevel: 1 })
    else pipeline.jpeg({ quality: 75, progressive: false, optimiseCoding: false })
    const bytes = await pipeline.toBuffer().catch((cause: unknown) => {
      throw brokenSource(source, errorMessage(cause))
    })
    const format = isPng ? 'png' : 'jpeg'
    return { bytes, format, ...fileFacts(format) }
  })
}

async function resampled(source: Source, header: Header, factor: number): Promise<Sharp> {
  const image = await decodeSource(source, header)
  const pixels = { width: image.width, height: image.height, data: image.rgb }
  return toImage(await rejoin(await resamplePixels(pixels, 'bicubic', factor), image, factor), header.alpha)
}

/** Nearest neighbour; with an integer factor it stays on centre. */
async function repeated(source: Source, { width, height }: Header, factor: number): Promise<Sharp> {
  const pipeline = await fromFile(source.bytes, { autoOrient: true })
  return pipeline.resize(factor * width, factor * height, { fit: 'fill', kernel: 'nearest' }).toColourspace('srgb')
}

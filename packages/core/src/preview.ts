import { fileFacts, type Asset } from './asset.ts'
import { errorMessage } from './errors.ts'
import { FORMAT_FACTS } from './format.ts'
import { previewPool } from './memory.ts'
import { fromFile } from './sharp.ts'
import { brokenSource, readHeader, type Source } from './source.ts'
import { MAX_PREVIEWS } from './threads.ts'

/** Memory that the work on a preview takes, in bytes a source pixel. */
const WEIGHT = 32

/**
 * An exact 2x to look at until the real one is there: every pixel four times, which keeps the middle of the picture in the
 * middle. A photo of 2 MP took 37 ms of one core so, decoding and encoding included; by bilinear interpolation, 170 ms.
 * @throws HdError `HD_SOURCE_…`, `HD_ABORTED`
 */
export async function makePreview(source: Source, maxPixels: number, signal: AbortSignal): Promise<Omit<Asset, 'key'>> {
  const { width, height, alpha } = await readHeader(source, maxPixels)
  const isPng = alpha || 2 * Math.max(width, height) > FORMAT_FACTS.jpeg.maxSide
  return previewPool().run({ weight: WEIGHT * width * height, maxCount: MAX_PREVIEWS }, signal, async () => {
    const image = (await fromFile(source.bytes, { autoOrient: true }))
      .resize(2 * width, 2 * height, { fit: 'fill', kernel: 'nearest' })
      .toColourspace('srgb')
    // In one pass, and without what makes files smaller: they do not travel far.
    if (isPng) image.png({ compressionLevel: 1 })
    else image.jpeg({ quality: 75, progressive: false, optimiseCoding: false })
    const bytes = await image.toBuffer().catch((cause: unknown) => {
      throw brokenSource(source, errorMessage(cause))
    })
    const format = isPng ? 'png' : 'jpeg'
    return { bytes, format, ...fileFacts(format) }
  })
}

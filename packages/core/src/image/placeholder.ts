import { errorMessage } from '../errors.ts'
import { fromFile } from '../sharp.ts'
import { brokenSource, type Source } from '../source/source.ts'

/** The longer side in pixels. A browser enlarges it smoothly, so more would only show the compression. */
const SIDE = 20
const QUALITY = 45

/**
 * A tiny WebP of the source: 60 to 600 bytes.
 * @throws HdError `HD_SOURCE_BROKEN`
 */
export async function encodePlaceholder(source: Source): Promise<Uint8Array> {
  const pipeline = await fromFile(source.bytes, { autoOrient: true })
  return pipeline
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .webp({ quality: QUALITY, alphaQuality: QUALITY, effort: 6 })
    .toBuffer()
    .catch((cause: unknown) => {
      throw brokenSource(source, errorMessage(cause))
    })
}

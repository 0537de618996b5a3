import { bleed } from '../image/bleed.ts'
import { encode } from '../image/encode.ts'
import { decodeSource, type Image } from '../image/pixels.ts'
import { reduce } from '../image/reduce.ts'
import type { ResolvedOptions } from '../options.ts'
import { processPool } from '../schedule/memory.ts'
import { createTurn } from '../schedule/turn.ts'
import { readHeader, type Source } from '../source/source.ts'
import { demandOf } from './memory-demand.ts'
import { imageOrigin } from './facts.ts'
import type { WorkContext } from './master.ts'
import type { Size } from './size.ts'
import { encodeOnce, type Encoding } from './variant.ts'

/** Encodes a source without enlarging it, and stores the result. @param size smaller than the source, or its own */
export async function encodeSource(
  key: string,
  source: Source,
  size: Size | undefined,
  { format, quality }: Encoding,
  { maxPixels, concurrency }: ResolvedOptions,
  context: WorkContext,
): Promise<Uint8Array> {
  const header = await readHeader(source, maxPixels, 1)
  const { width, height } = size ?? header
  const meta = { image: imageOrigin(source), width, height, quality, source: { width: header.width, height: header.height } }
  const turn = createTurn(processPool(), demandOf(header, 1, format, concurrency), context.signal)
  try {
    return await encodeOnce(key, meta, context, turn, async () => {
      const image = await decodeSource(source, header)
      return encode(size ? await reduceSource(image, size) : image, format, quality ?? 100)
    })
  } finally {
    turn.leave()
  }
}

async function reduceSource(image: Image, { width, height }: Size): Promise<Image> {
  // Reducing mixes neighbours, so transparent pixels need the colour of adjacent visible ones.
  if (image.alpha) await bleed(image.rgb, image.alpha, image.width, image.height)
  return reduce(image, width, height)
}

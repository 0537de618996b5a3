import { HdError } from '../errors.ts'
import { FORMAT_FACTS } from '../request/format.ts'
import type { Image } from './pixels.ts'
import { fromRaw } from '../sharp.ts'
import type { Header, Source } from '../source/source.ts'
import { formatsOf, type Pixels, type UploadFormat, type UpscaleInput, type UpscalerAccepts } from '../upscaler/upscaler.ts'

/** Below this quality a smaller image looks better than a coarser one. */
const MIN_QUALITY = 70

/** An image that would have to shrink below this side is refused. */
const MIN_SIDE = 16

const DEFAULT_FORMATS: readonly UploadFormat[] = ['png']

export interface Fitted {
  input: UpscaleInput
  /** The pixels of `input`, for the comparison with the result. */
  pixels: Pixels
  /** The source was too large for the upscaler and lost detail. */
  shrunk: boolean
}

interface Encoded {
  data: Uint8Array
  format: UploadFormat
}

/**
 * The image as an upscaler takes it: its own bytes when they already satisfy `accepts`; else encoded again, at the
 * highest quality that fits; and only when that is not enough, shrunk.
 * @throws HdError `HD_FIT` when even a very small version does not satisfy `accepts`
 */
export async function fit(source: Source, header: Header, image: Image, accepts: UpscalerAccepts = {}): Promise<Fitted> {
  const { maxBytes = Infinity, maxPixels = Infinity } = accepts
  const wanted = formatsOf(accepts)
  const formats = wanted.length > 0 ? wanted : DEFAULT_FORMATS
  const whole: Pixels = { width: image.width, height: image.height, data: image.rgb }
  const refuse = (what: string): never => {
    throw new HdError('HD_FIT', `the image does not fit into the ${what} that the upscaler accepts`, { file: source.name })
  }
  let scale = scaleWithin(whole, maxPixels) ?? refuse(`${maxPixels} pixels`)
  let pixels = scale < 1 ? await shrink(whole, scale) : whole

  let encoded = ownBytes(source, header, pixels === whole, formats, maxBytes)
  // Without a byte limit nothing is encoded until the upscaler asks for a file.
  if (!encoded && maxBytes !== Infinity) {
    encoded = await encodeWithin(pixels, formats, maxBytes)
    while (!encoded) {
      scale *= await nextScale(pixels, formats, maxBytes)
      if (Math.min(whole.width, whole.height) * scale < MIN_SIDE) refuse(`${maxBytes} bytes`)
      pixels = await shrink(whole, scale)
      encoded = await encodeWithin(pixels, formats, maxBytes)
    }
  }
  return { input: createInput(source, pixels, encoded, formats), pixels, shrunk: pixels !== whole }
}

/** The scale that brings the image under `maxPixels`, at most 1; `undefined` when it would get too small. */
function scaleWithin({ width, height }: Pixels, maxPixels: number): number | undefined {
  let scale = Math.min(1, Math.sqrt(maxPixels / (width * height)))
  // A side of a thin image cannot go below 1, so the other side shrinks more.
  while (scale > 0 && sideAt(width, scale) * sideAt(height, scale) > maxPixels) scale *= 0.9
  return scale * Math.max(width, height) < 1 ? undefined : scale
}

function sideAt(side: number, scale: number): number {
  return Math.max(1, Math.floor(side * scale))
}

function ownBytes(
  source: Source,
  header: Header,
  whole: boolean,
  formats: readonly UploadFormat[],
  maxBytes: number,
): Encoded | undefined {
  const format = formats.find((name) => name === source.format)
  const suits = format !== undefined && whole && header.plain && !header.alpha && source.bytes.length <= maxBytes
  return suits ? { data: source.bytes, format } : undefined
}

function createInput(
  source: Source,
  pixels: Pixels,
  encoded: Encoded | undefined,
  formats: readonly UploadFormat[],
): UpscaleInput {
  return {
    file: source.name,
    digest: source.digest,
    width: pixels.width,
    height: pixels.height,
    // A copy: the upscaler may change or transfer it, and verification still needs the original.
    // Not `slice`, which for a Buffer is a view.
    pixels: async () => ({ ...pixels, data: new Uint8Array(pixels.data) }),
    encoded: async () => encoded ?? (await encodeAs(pixels, formats.find((format) => canHold(format, pixels)) ?? 'png', 100)),
  }
}

/** The best encoding of these pixels in at most `maxBytes`, or `undefined` when there is none of decent quality. */
async function encodeWithin(pixels: Pixels, formats: readonly UploadFormat[], maxBytes: number): Promise<Encoded | undefined> {
  for (const format of formats.toSorted((a, b) => Number(FORMAT_FACTS[a].lossy) - Number(FORMAT_FACTS[b].lossy))) {
    if (!canHold(format, pixels)) continue
    const best = FORMAT_FACTS[format].lossy ? await bestQuality(pixels, format, maxBytes) : await encodeAs(pixels, format, 100)
    if (best && best.data.length <= maxBytes) return best
  }
  return undefined
}

/** Bisection: size grows with quality. */
async function bestQuality(pixels: Pixels, format: UploadFormat, maxBytes: number): Promise<Encoded | undefined> {
  let best: Encoded | undefined
  let low = MIN_QUALITY
  let high = 100
  while (low <= high) {
    const quality = Math.ceil((low + high) / 2)
    const encoded = await encodeAs(pixels, format, quality)
    if (encoded.data.length <= maxBytes) {
      best = encoded
      low = quality + 1
    } else {
      high = quality - 1
    }
  }
  return best
}

/** The scale of the next attempt. File size is roughly proportional to the pixels; aiming a little lower saves attempts. */
async function nextScale(pixels: Pixels, formats: readonly UploadFormat[], maxBytes: number): Promise<number> {
  const usable = formats.filter((name) => canHold(name, pixels))
  const format = usable.find((name) => FORMAT_FACTS[name].lossy) ?? usable[0]
  if (format === undefined) return 0.9
  const { data } = await encodeAs(pixels, format, MIN_QUALITY)
  return Math.min(0.9, Math.sqrt(maxBytes / data.length) * 0.95)
}

function canHold(format: UploadFormat, { width, height }: Pixels): boolean {
  return Math.max(width, height) <= FORMAT_FACTS[format].maxSide
}

async function encodeAs(pixels: Pixels, format: UploadFormat, quality: number): Promise<Encoded> {
  const pipeline = await fromRaw(pixels.data, pixels.width, pixels.height, 3)
  if (format === 'png') pipeline.png()
  // Chroma at full resolution: an upscaler would enlarge subsampling artefacts.
  else if (format === 'jpeg') pipeline.jpeg({ quality, chromaSubsampling: '4:4:4' })
  else pipeline.webp({ quality })
  return { data: await pipeline.toBuffer(), format }
}

async function shrink(pixels: Pixels, scale: number): Promise<Pixels> {
  const width = sideAt(pixels.width, scale)
  const height = sideAt(pixels.height, scale)
  const pipeline = await fromRaw(pixels.data, pixels.width, pixels.height, 3)
  return { width, height, data: await pipeline.resize(width, height, { fit: 'fill' }).raw().toBuffer() }
}

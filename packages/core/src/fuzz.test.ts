import sharp, { type Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { isHdError } from './errors.ts'
import { resample } from './upscaler/resample.ts'
import { workshop } from './testing/hd.ts'
import { encodedImage, noisy, randomNumbers } from './testing/images.ts'
import { animatedPng, frames } from './testing/strange.ts'

function noisyImage(channels: 1 | 2 | 3 | 4 = 3, width = 13, height = 9): Sharp {
  return encodedImage(noisy(width, height, channels), width, height, channels)
}

/** Small files of all kinds that cameras, editors and converters write. */
async function oddFiles(): Promise<[name: string, bytes: Uint8Array][]> {
  const makers: Record<string, () => Promise<Uint8Array>> = {
    jpeg: () => noisyImage().jpeg().toBuffer(),
    'jpeg progressive': () => noisyImage().jpeg({ progressive: true }).toBuffer(),
    'jpeg 4:4:4 turned': () => noisyImage().jpeg({ chromaSubsampling: '4:4:4' }).withMetadata({ orientation: 5 }).toBuffer(),
    'jpeg grey': () => noisyImage(1).toColourspace('b-w').jpeg().toBuffer(),
    'jpeg cmyk': () => noisyImage().toColourspace('cmyk').jpeg().toBuffer(),
    'jpeg p3': () => noisyImage().jpeg().withIccProfile('p3').toBuffer(),
    png: () => noisyImage().png().toBuffer(),
    'png interlaced': () => noisyImage(4).png({ progressive: true }).toBuffer(),
    'png palette': () => noisyImage(4).png({ palette: true, colours: 16 }).toBuffer(),
    'png 1 bit': () => noisyImage(1).threshold(128).toColourspace('b-w').png({ palette: true, colours: 2 }).toBuffer(),
    'png 16 bit': () => noisyImage().toColourspace('rgb16').png().toBuffer(),
    'png grey 16 bit': () => noisyImage(1).toColourspace('grey16').png().toBuffer(),
    'png grey alpha': () => noisyImage(2).toColourspace('b-w').png().toBuffer(),
    'png 1x1': () => noisyImage(4, 1, 1).png().toBuffer(),
    'png 1xN': () => noisyImage(4, 1, 40).png().toBuffer(),
    'png Nx1': () => noisyImage(3, 40, 1).png().toBuffer(),
    'png animated': () => animatedPng(2),
    webp: () => noisyImage().webp().toBuffer(),
    'webp lossless': () => noisyImage(4).webp({ lossless: true }).toBuffer(),
    'webp alpha': () => noisyImage(4).webp().toBuffer(),
    'webp animated': () => frames('webp'),
    avif: () => noisyImage().avif({ effort: 0 }).toBuffer(),
    'avif alpha': () => noisyImage(4).avif({ effort: 0 }).toBuffer(),
    gif: () => noisyImage(4).gif().toBuffer(),
    'gif animated': () => frames('gif'),
    tiff: () => noisyImage().tiff().toBuffer(),
    'tiff lzw alpha': () => noisyImage(4).tiff({ compression: 'lzw', predictor: 'horizontal' }).toBuffer(),
    'tiff deflate tiled': () =>
      noisyImage(3, 40, 40).tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    'tiff jpeg': () => noisyImage(3, 40, 40).tiff({ compression: 'jpeg' }).toBuffer(),
    'tiff 1 bit': () => noisyImage(1).threshold(128).toColourspace('b-w').tiff({ bitdepth: 1, compression: 'none' }).toBuffer(),
    'tiff lab': () => noisyImage().toColourspace('lab').tiff({ compression: 'none' }).toBuffer(),
    'tiff float': () => noisyImage().toColourspace('scrgb').tiff({ compression: 'none', predictor: 'none' }).toBuffer(),
    'tiff cmyk': () => noisyImage().toColourspace('cmyk').tiff({ compression: 'none' }).toBuffer(),
    'tiff 16 bit': () => noisyImage().toColourspace('rgb16').tiff({ compression: 'none' }).toBuffer(),
    'tiff pages': () => frames('tiff'),
  }
  return Promise.all(
    Object.entries(makers).map(async ([name, make]) => [name, new Uint8Array(await make())] as [string, Uint8Array]),
  )
}

/** The file truncated, with flipped bits, or with overwritten bytes. */
function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const kind = random()
  if (kind < 0.25) return bytes.slice(0, Math.floor(random() * bytes.length))
  const mutated = bytes.slice()
  // Half of the changes in the header, which contains lengths and offsets.
  const reach = random() < 0.5 ? Math.min(bytes.length, 120) : bytes.length
  const count = 1 + Math.floor(random() * 4)
  for (let index = 0; index < count; index++) {
    const at = Math.floor(random() * reach)
    mutated[at] =
      kind < 0.7
        ? mutated[at]! ^ (1 << Math.floor(random() * 8))
        : [0, 255, Math.floor(random() * 256)][Math.floor(random() * 3)]!
  }
  return mutated
}

const MUTATIONS = Number(process.env['HD_FUZZ'] ?? 3)

/** Intact files that are not a single image. */
const REFUSED = /animated|pages/

test('every unusual file becomes an exact 2x or an HdError with a code', async () => {
  const { hd, source } = await workshop({ upscaler: resample({ interpolator: 'bicubic' }), maxPixels: 4_000_000 })
  const random = randomNumbers(2026)
  const outcomes = new Map<string, number>()
  const inspect = async (label: string, bytes: Uint8Array): Promise<string> => {
    try {
      const asset = await hd.job(await source('odd.bin', bytes), { format: 'png' }).make()
      const facts = await sharp(asset.bytes).metadata()
      expect([facts.width, facts.height], label).toEqual([2 * asset.source.width, 2 * asset.source.height])
      expect([asset.width, asset.height], label).toEqual([facts.width, facts.height])
      await sharp(asset.bytes).raw().toBuffer()
      return 'doubled'
    } catch (error) {
      if (!isHdError(error)) throw new Error(`${label}: ${String(error)}`, { cause: error })
      expect(error.code, `${label}: ${error.message}`).toMatch(/^HD_SOURCE_/)
      expect(error.file, label).toBe('odd.bin')
      return error.code
    }
  }
  for (const [name, bytes] of await oddFiles()) {
    expect(await inspect(name, bytes), name).toBe(REFUSED.test(name) ? 'HD_SOURCE_ANIMATED' : 'doubled')
    for (let index = 0; index < MUTATIONS; index++) {
      const outcome = await inspect(`${name} ${index}`, mutate(bytes, random))
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
  }
  // Some mutations must be harmless and some not, otherwise they test nothing.
  expect(outcomes.get('doubled')).toBeGreaterThan(5)
  expect(outcomes.get('HD_SOURCE_BROKEN')).toBeGreaterThan(5)
})

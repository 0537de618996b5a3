// Halves images as the sources of the comparison.
import sharp from 'sharp'

/** @typedef {{ width: number, height: number, channels: number, data: Uint8Array }} Image */

/** Weights of the source pixels -3 to 4 for one of half the size: Keys' cubic (a = -0.5), stretched by 2 against aliasing. */
const BICUBIC = [1.75, 1.25, 0.75, 0.25, 0.25, 0.75, 1.25, 1.75].map((distance) => keys(distance) / 2)
const AREA = [0, 0, 0, 0.5, 0.5, 0, 0, 0]

function keys(x) {
  return x < 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2
}

/** What a source went through, by name. JPEG is sharp's own, with half the colour below quality 90 as cameras and sites do. */
export const CONDITIONS = {
  clean: (image) => halve(image, BICUBIC),
  area: (image) => halve(image, AREA),
  jpeg95: async (image) => throughJpeg(halve(image, BICUBIC), 95),
  jpeg85: async (image) => throughJpeg(halve(image, BICUBIC), 85),
  jpeg75: async (image) => throughJpeg(halve(image, BICUBIC), 75),
}

/**
 * Half as wide and high, by the same filter both ways; the border is mirrored, rounding happens once. With the cubic it is
 * MATLAB's `imresize(image, 0.5)`, which the published figures are made with. @param {Image} image @returns {Image}
 */
function halve(image, weights) {
  const straight = image.channels === 4 ? multiplyAlpha(image) : Float64Array.from(image.data)
  const { width, height, channels } = image
  const wide = halveAxis(
    straight,
    { length: width, step: channels, lines: height, lineStep: width * channels, channels },
    weights,
  )
  const half = width / 2
  const both = halveAxis(wide, { length: height, step: half * channels, lines: half, lineStep: channels, channels }, weights)
  const result = { width: half, height: height / 2, channels }
  // The second pass went column by column.
  const upright = new Float64Array(both.length)
  for (let x = 0, from = 0; x < result.width; x++) {
    for (let y = 0; y < result.height; y++) {
      for (let channel = 0; channel < channels; channel++) upright[(y * result.width + x) * channels + channel] = both[from++]
    }
  }
  return { ...result, data: channels === 4 ? divideAlpha(upright) : Uint8ClampedArray.from(upright, Math.round) }
}

function halveAxis(data, { length, step, lines, lineStep, channels }, weights) {
  const result = new Float64Array((lines * length * channels) / 2)
  let to = 0
  for (let line = 0; line < lines; line++) {
    for (let index = 0; index < length / 2; index++) {
      for (let channel = 0; channel < channels; channel++, to++) {
        for (let tap = 0; tap < 8; tap++) {
          const place = 2 * index - 3 + tap
          const mirrored = place < 0 ? -1 - place : place >= length ? 2 * length - 1 - place : place
          result[to] += weights[tap] * data[line * lineStep + mirrored * step + channel]
        }
      }
    }
  }
  return result
}

function multiplyAlpha({ data }) {
  return Float64Array.from(data, (value, index) => (index % 4 === 3 ? value : (value * data[index | 3]) / 255))
}

function divideAlpha(data) {
  return Uint8ClampedArray.from(data, (value, index) => {
    const alpha = Math.min(255, Math.max(0, data[index | 3]))
    return Math.round(index % 4 === 3 ? value : alpha < 1 ? 0 : (value * 255) / alpha)
  })
}

async function throughJpeg({ width, height, channels, data }, quality) {
  const raw = { width, height, channels }
  const chromaSubsampling = quality < 90 ? '4:2:0' : '4:4:4'
  const jpeg = await sharp(data, { raw }).jpeg({ quality, chromaSubsampling }).toBuffer()
  return { ...raw, data: await sharp(jpeg).raw().toBuffer() }
}

// How like two images of one size are, by three measures of luma. All take planes of Y, 16 to 235, row by row.

/** @typedef {{ width: number, height: number, data: Float64Array }} Plane */

/** Weights of red, green and blue in Y, of ITU-R BT.601 as the papers on super-resolution use it. */
const [RED, GREEN, BLUE] = [65.481 / 255, 128.553 / 255, 24.966 / 255]

/** Y of an image of RGB, `border` pixels left out on every side. @returns {Plane} */
export function luma({ width, height, data }, border = 2) {
  const inner = { width: width - 2 * border, height: height - 2 * border }
  const values = new Float64Array(inner.width * inner.height)
  for (let y = 0, to = 0; y < inner.height; y++) {
    for (let x = 0, from = 3 * ((y + border) * width + border); x < inner.width; x++, from += 3) {
      values[to++] = 16 + RED * data[from] + GREEN * data[from + 1] + BLUE * data[from + 2]
    }
  }
  return { ...inner, data: values }
}

/** Peak signal to noise ratio in dB; equal planes: Infinity. */
export function psnr(one, other) {
  let sum = 0
  for (let index = 0; index < one.data.length; index++) sum += (one.data[index] - other.data[index]) ** 2
  return 10 * Math.log10((255 ** 2 * one.data.length) / sum)
}

/**
 * Structural similarity, 1 for equal planes: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to
 * structural similarity", IEEE TIP 13 (2004), with its window (Gaussian, 11x11, sigma 1.5), constants and no reduction.
 */
export function ssim(one, other) {
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2]
  const mean1 = blur(one).data
  const mean2 = blur(other).data
  const square1 = blur(product(one, one)).data
  const square2 = blur(product(other, other)).data
  const cross = blur(product(one, other)).data
  let sum = 0
  for (let index = 0; index < mean1.length; index++) {
    const [m1, m2] = [mean1[index], mean2[index]]
    const [v1, v2, v12] = [square1[index] - m1 * m1, square2[index] - m2 * m2, cross[index] - m1 * m2]
    sum += ((2 * m1 * m2 + c1) * (2 * v12 + c2)) / ((m1 * m1 + m2 * m2 + c1) * (v1 + v2 + c2))
  }
  return sum / mean1.length
}

function product(one, other) {
  return { ...one, data: one.data.map((value, index) => value * other.data[index]) }
}

const WINDOW = gaussian(11, 1.5)

function gaussian(size, sigma) {
  const values = Array.from({ length: size }, (_, index) => Math.exp(-((index - (size - 1) / 2) ** 2) / (2 * sigma ** 2)))
  const sum = values.reduce((a, b) => a + b)
  return values.map((value) => value / sum)
}

/** Only where the window is inside. */
function blur({ width, height, data }) {
  const reach = WINDOW.length - 1
  const across = new Float64Array((width - reach) * height)
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width - reach; x++, to++) {
      for (let k = 0; k <= reach; k++) across[to] += WINDOW[k] * data[y * width + x + k]
    }
  }
  const result = { width: width - reach, height: height - reach, data: new Float64Array((width - reach) * (height - reach)) }
  for (let to = 0; to < result.data.length; to++) {
    for (let k = 0; k <= reach; k++) result.data[to] += WINDOW[k] * across[to + k * result.width]
  }
  return result
}

/**
 * Gradient magnitude similarity deviation, 0 for equal planes, more is worse: Xue, Zhang, Mou, Bovik, "Gradient magnitude
 * similarity deviation: a highly efficient perceptual image quality index", IEEE TIP 23 (2014), constant 170. It follows
 * what people say more closely than SSIM, since it is about where edges were spoilt, and how unevenly.
 */
export function gmsd(one, other) {
  const constant = 170
  const edges1 = edges(halve(one))
  const edges2 = edges(halve(other))
  const similarity = edges1.map((g1, index) => (2 * g1 * edges2[index] + constant) / (g1 ** 2 + edges2[index] ** 2 + constant))
  const mean = similarity.reduce((a, b) => a + b) / similarity.length
  return Math.sqrt(similarity.reduce((sum, value) => sum + (value - mean) ** 2, 0) / similarity.length)
}

function halve({ width, height, data }) {
  const half = { width: width >> 1, height: height >> 1 }
  const values = new Float64Array(half.width * half.height)
  for (let y = 0, to = 0; y < half.height; y++) {
    for (let x = 0; x < half.width; x++) {
      const from = 2 * y * width + 2 * x
      values[to++] = (data[from] + data[from + 1] + data[from + width] + data[from + width + 1]) / 4
    }
  }
  return { ...half, data: values }
}

/** Magnitude of Prewitt's gradient, inside. */
function edges({ width, height, data }) {
  const values = new Float64Array((width - 2) * (height - 2))
  for (let y = 1, to = 0; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = (dx, dy) => data[(y + dy) * width + x + dx]
      const gx = (at(1, -1) + at(1, 0) + at(1, 1) - at(-1, -1) - at(-1, 0) - at(-1, 1)) / 3
      const gy = (at(-1, 1) + at(0, 1) + at(1, 1) - at(-1, -1) - at(0, -1) - at(1, -1)) / 3
      values[to++] = Math.hypot(gx, gy)
    }
  }
  return values
}

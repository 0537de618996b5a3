/**
 * Resamples from `factor` samples per source pixel to two, on centre: the centre of the result is the centre of the source. Factors
 * of 3 and more are reduced by Lanczos-3, stretched by the reduction; a factor of 1 is enlarged by the Catmull-Rom cubic. Both are
 * separable and have the same two sets of weights for every source pixel.
 */
export interface Filter {
  /** Samples per source pixel, across and down. */
  factor: number
  /** Source pixels that the weights read beyond the pixel itself, on each side. */
  reach: number
  /** For the first and the second result sample of a source pixel. */
  phases: [Phase, Phase]
}

interface Phase {
  /** The position of the first weight, in samples from the first one of the source pixel. */
  first: number
  /** Their sum is 1. */
  weights: Float64Array
}

interface Kernel {
  /** Half of its width, in samples. */
  support: number
  at(distance: number): number
}

/** @param factor 1, or 3 and more; 2 needs no filter */
export function createFilter(factor: number): Filter {
  const kernel = factor === 1 ? CATMULL_ROM : lanczos3(factor / 2)
  const phases: Filter['phases'] = [phaseOf(kernel, 0.25 * factor - 0.5), phaseOf(kernel, 0.75 * factor - 0.5)]
  const reach = Math.max(...phases.flatMap(({ first, weights }) => [-first / factor, (first + weights.length) / factor - 1]))
  return { factor, reach: Math.ceil(reach), phases }
}

const CATMULL_ROM: Kernel = {
  support: 2,
  at: (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((2.5 - 0.5 * x) * x - 4) * x + 2),
}

function lanczos3(stretch: number): Kernel {
  return { support: 3 * stretch, at: (distance) => sinc(distance / stretch) * sinc(distance / stretch / 3) }
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

/** @param centre in samples from the first one of the source pixel */
function phaseOf({ support, at }: Kernel, centre: number): Phase {
  const first = Math.floor(centre - support) + 1
  const count = Math.ceil(centre + support) - first
  const weights = Float64Array.from({ length: count }, (_, index) => at(Math.abs(first + index - centre)))
  const sum = weights.reduce((total, weight) => total + weight)
  return { first, weights: weights.map((weight) => weight / sum) }
}

/**
 * The plane of `2 * width` x `2 * height` samples, not rounded.
 * @param plane `factor` samples per source pixel, of `width` x `height` source pixels and `reach` more on each side
 */
export function applyFilter(plane: Float32Array, width: number, height: number, filter: Filter): Float32Array {
  const narrow = filterRows(plane, width, filter.factor * (height + 2 * filter.reach), filter)
  return filterColumns(narrow, 2 * width, height, filter)
}

function filterRows(plane: Float32Array, width: number, rows: number, { factor, reach, phases }: Filter): Float32Array {
  const stride = factor * (width + 2 * reach)
  const result = new Float32Array(2 * width * rows)
  for (let row = 0, index = 0; row < rows; row++) {
    for (let pixel = 0; pixel < width; pixel++) {
      for (const { first, weights } of phases) {
        const start = row * stride + factor * (pixel + reach) + first
        let sum = 0
        for (let tap = 0; tap < weights.length; tap++) sum += weights[tap]! * plane[start + tap]!
        result[index++] = sum
      }
    }
  }
  return result
}

/** Row by row as well, which is the order of memory. @param stride samples per row @param height in source pixels */
function filterColumns(plane: Float32Array, stride: number, height: number, { factor, reach, phases }: Filter): Float32Array {
  const result = new Float32Array(stride * 2 * height)
  const sums = new Float64Array(stride)
  for (let pixel = 0, target = 0; pixel < height; pixel++) {
    for (const { first, weights } of phases) {
      sums.fill(0)
      for (const [tap, weight] of weights.entries()) {
        const start = stride * (factor * (pixel + reach) + first + tap)
        for (let x = 0; x < stride; x++) sums[x]! += weight * plane[start + x]!
      }
      result.set(sums, target)
      target += stride
    }
  }
  return result
}

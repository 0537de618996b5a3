import type { RgbImage } from '../api.ts'
import type { Layer } from '../weights.ts'

/** A slow and simple implementation of a network, in float64. Not rounded, because the last bias prepares for that. */
export function upscaleSlowly(layers: readonly Layer[], { width, height, data }: RgbImage): Float64Array {
  let values = Float64Array.from(data)
  for (const layer of layers) values = convolve(layer, values, width, height)
  const result = new Float64Array(12 * width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let value = 0; value < 12; value++) {
        const [colour, column, line] = [value % 3, Math.floor(value / 3) % 2, Math.floor(value / 6)]
        const pixel = y * width + x
        const at = 3 * ((2 * y + line) * 2 * width + 2 * x + column) + colour
        result[at] = Math.max(0, Math.min(255, values[12 * pixel + value]! + data[3 * pixel + colour]!))
      }
  return result
}

function convolve(
  { inputs, outputs, kernel, bias, slope }: Layer,
  values: Float64Array,
  width: number,
  height: number,
): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(outputs * width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let output = 0; output < outputs; output++) {
        let sum = bias[output]!
        for (let line = 0; line < 3; line++)
          for (let column = 0; column < 3; column++) {
            const [fromX, fromY] = [x + column - 1, y + line - 1]
            if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue
            for (let input = 0; input < inputs; input++)
              sum +=
                kernel[((output * inputs + input) * 3 + line) * 3 + column]! * values[(fromY * width + fromX) * inputs + input]!
          }
        sums[(y * width + x) * outputs + output] = sum < 0 ? slope * sum : sum
      }
  return sums
}

import type { DeclaredSize, Layout, Reading, ValueType } from './shape.ts'
import type { TensorData } from './samples.ts'
import { createTensorData, tensorDims } from './tensor.ts'
import { UnfitModelError } from './unfit-model.ts'

/** The size of the grey image if the model does not fix one. Height and width differ so that the output's axes can be told apart. */
const PROBE = { height: 64, width: 48 }

/** Larger factors do not occur in practice; the output is then likely not an image. */
export const LARGEST_FACTOR = 8

/** A grey image, which a model is run on to find out what its declared shapes leave open. */
export interface Probe {
  width: number
  height: number
  data: TensorData
}

export function createProbe(type: ValueType, { layout, channels }: Reading, size: DeclaredSize): Probe {
  const { height = PROBE.height, width = PROBE.width } = size[layout]
  return { width, height, data: createTensorData(type, channels, width, height).fill(type === 'uint8' ? 128 : 0.5) }
}

/**
 * What the output for a probe says about the model.
 * @param dims of one output image
 * @throws UnfitModelError, if it is not the enlarged image
 */
export function readProbe(
  dims: readonly number[],
  { channels }: Reading,
  { width, height }: Probe,
): { factor: number; layout: Layout } {
  for (const layout of ['NCHW', 'NHWC'] as const) {
    const factor = dims[layout === 'NCHW' ? 2 : 1]! / height
    const expected = tensorDims({ layout, channels }, factor * width, factor * height)
    const fits = dims.length === 4 && expected.every((dim, index) => dims[index] === dim)
    if (fits && Number.isInteger(factor) && factor >= 1 && factor <= LARGEST_FACTOR) return { factor, layout }
  }
  const given = `${width}x${height} pixels of ${channels === 1 ? '1 channel' : '3 channels'}`
  throw new UnfitModelError(
    `expected a model that keeps the channels and enlarges width and height by the same whole factor, at most ${LARGEST_FACTOR}: it turned ${given} into [${dims.join(', ')}]`,
    'Use a model of factor 1 to 4: its output is resampled to exactly twice the width and height of the source',
  )
}

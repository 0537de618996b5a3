import type { InferenceSession } from 'onnxruntime-common'
import { WorkerError, reason } from './worker-error.ts'
import { createFilter, type Filter } from './filter.ts'
import { fromHalves, type HalfData, toHalves } from './float16.ts'
import { LEAST_TILE, OWN_OVERLAP, type WorkerSettings } from './protocol.ts'
import type { Runtime } from './runtime.ts'
import { isValueType, type Layout, type Reading, readSignature, type Signature, type ValueType } from './signature.ts'
import type { TensorData } from './samples.ts'
import { createTensorData, tensorDims } from './tensor.ts'
import type { AxisLimits } from './tiles.ts'

/** A loaded model that enlarges or restores images, and the input that it expects. */
export interface Net {
  /** How many times as wide and high the output is. 1: the model restores. */
  factor: number
  /** Resamples the output to 2x; `undefined` for the factors 1 and 2. */
  filter: Filter | undefined
  inputType: ValueType
  input: Reading
  outputLayout: Layout
  /** Limits of its tiles. */
  across: AxisLimits
  down: AxisLimits
  /** Runs it on one image laid out as `input` says, `width` x `height` pixels. The result is in `outputLayout`, with as many channels. */
  run(data: TensorData, width: number, height: number): Promise<TensorData>
}

/** Edges of tiles are multiples of this: many nets unshuffle by 2 or 4, or work on windows of 8 or 16. */
const OWN_MULTIPLE = 16
/** Size of the probe run if the model does not fix one. Height and width differ so that the output's axes can be told apart. */
const PROBE = { height: 64, width: 48 }

/** Larger factors do not occur in practice; the output is then likely not an image. */
const LARGEST_FACTOR = 8

/**
 * Finds out how a session can be used: runs the model once on a grey image to determine what its declared shapes leave open.
 * @throws WorkerError `HD_MODEL`, when the model is not one for images
 */
export async function openNet(runtime: Runtime, session: InferenceSession, settings: WorkerSettings): Promise<Net> {
  const signature = readSignature(session)
  const { readings } = signature
  const failures: unknown[] = []
  for (const reading of readings) {
    try {
      return await probe(runtime, session, signature, reading, settings)
    } catch (error) {
      failures.push(error)
    }
  }
  // An unexpected output says more about the model than a failed run.
  throw failures.find((failure) => failure instanceof WorkerError) ?? failedToRun(failures[0])
}

function failedToRun(failure: unknown): WorkerError {
  const message = `expected the model to enlarge a grey test image, it failed: ${reason(failure)}`
  return new WorkerError(
    'HD_MODEL',
    message,
    'Check that the model accepts images of any size, or at least of multiples of 16 pixels',
    failure,
  )
}

/** @throws WorkerError `HD_MODEL`, if the output is not an enlarged image; the runtime's error, if the model does not run */
async function probe(
  runtime: Runtime,
  session: InferenceSession,
  signature: Signature,
  input: Reading,
  settings: WorkerSettings,
): Promise<Net> {
  const { inputType } = signature
  const size = signature.size[input.layout]
  const height = size.height ?? PROBE.height
  const width = size.width ?? PROBE.width
  const run = bindSession(runtime, session, signature, input)
  const grey = createTensorData(inputType, input.channels, width, height).fill(inputType === 'uint8' ? 128 : 0.5)
  const { factor, layout } = checkOutput(await run(grey, width, height), input, width, height)
  const filter = factor > 2 ? createFilter(factor) : undefined
  const reach = filter?.reach ?? 0
  return {
    factor,
    filter,
    inputType,
    input,
    outputLayout: layout,
    across: limitAxis('width', size.width, factor, reach, settings),
    down: limitAxis('height', size.height, factor, reach, settings),
    run: async (values, w, h) => (await run(values, w, h)).data,
  }
}

interface RunResult {
  data: TensorData
  dims: readonly number[]
}

type Run = (data: TensorData, width: number, height: number) => Promise<RunResult>

function bindSession(
  { ort }: Runtime,
  session: InferenceSession,
  { input, output, inputType }: Signature,
  reading: Reading,
): Run {
  return async (data, width, height) => {
    const values = inputType === 'float16' ? toHalves(data as Float32Array) : data
    const result = await session.run({ [input]: new ort.Tensor(inputType, values, tensorDims(reading, width, height)) })
    const { data: made, type, dims } = result[output]!
    if (!isValueType(type)) throw new WorkerError('HD_MODEL', `expected uint8, float32 or float16, the output is ${type}`)
    return { data: type === 'float16' ? fromHalves(made as HalfData) : (made as TensorData), dims }
  }
}

function checkOutput(
  { dims }: RunResult,
  { channels }: Reading,
  width: number,
  height: number,
): { factor: number; layout: Layout } {
  for (const layout of ['NCHW', 'NHWC'] as const) {
    const factor = dims[layout === 'NCHW' ? 2 : 1]! / height
    const expected = tensorDims({ layout, channels }, factor * width, factor * height)
    const fits = dims.length === 4 && expected.every((dim, index) => dims[index] === dim)
    if (fits && Number.isInteger(factor) && factor >= 1 && factor <= LARGEST_FACTOR) return { factor, layout }
  }
  const given = `${width}x${height} pixels of ${channels === 1 ? '1 channel' : '3 channels'}`
  throw new WorkerError(
    'HD_MODEL',
    `expected a model that keeps the channels and enlarges width and height by the same whole factor, at most ${LARGEST_FACTOR}: it turned ${given} into [${dims.join(', ')}]`,
    'Use a model of factor 1 to 4: its output is resampled to exactly twice the width and height of the source',
  )
}

/** About one megapixel of output per tile, whatever the factor, because memory use grows with the output. */
function defaultTile(factor: number): number {
  return Math.floor(1024 / Math.max(factor, 2))
}

/** @param reach source pixels that the filter reads beyond the delivered part */
function limitAxis(axis: string, fixed: number | undefined, factor: number, reach: number, settings: WorkerSettings): AxisLimits {
  if (fixed === undefined) {
    const overlap = (settings.overlap ?? OWN_OVERLAP) + reach
    const tile = Math.max(settings.tile ?? defaultTile(factor), 2 * overlap + LEAST_TILE)
    return { tile, overlap, multiple: OWN_MULTIPLE }
  }
  const overlap = settings.overlap ?? Math.min(OWN_OVERLAP, fixed >> 2)
  if (fixed <= 2 * (overlap + reach)) {
    const expected = `expected \`overlap\` to be less than half of the model's ${axis} of ${fixed} pixels, it is ${overlap}`
    throw new WorkerError('HD_MODEL', expected, 'Lower `overlap`')
  }
  return { tile: fixed, overlap: overlap + reach, exact: true }
}

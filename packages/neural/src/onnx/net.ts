import {
  createFilter,
  createProbe,
  type Filter,
  fromHalves,
  type HalfData,
  type Layout,
  limitTiles,
  type Reading,
  readProbe,
  tensorDims,
  type TensorData,
  type TileLimits,
  toHalves,
  UnfitModelError,
  type ValueType,
} from '@unplugin-hd/core/tensor'
import type { InferenceSession } from 'onnxruntime-common'
import { WorkerError, reason } from './worker-error.ts'
import type { WorkerSettings } from './protocol.ts'
import type { Runtime } from './runtime.ts'
import { isValueType, readSignature, type Signature } from './signature.ts'

/** A loaded model that enlarges or restores images, and the input that it expects. */
export interface Net extends TileLimits {
  /** How many times as wide and high the output is. 1: the model restores. */
  factor: number
  /** Resamples the output to 2x; `undefined` for the factors 1 and 2. */
  filter: Filter | undefined
  inputType: ValueType
  input: Reading
  outputLayout: Layout
  /** Runs it on one image laid out as `input` says, `width` x `height` pixels. The result is in `outputLayout`, with as many channels. */
  run(data: TensorData, width: number, height: number): Promise<TensorData>
}

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
      failures.push(error instanceof UnfitModelError ? new WorkerError('HD_MODEL', error.message, error.remedy) : error)
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

/** @throws UnfitModelError, if the output is not an enlarged image; the runtime's error, if the model does not run */
async function probe(
  runtime: Runtime,
  session: InferenceSession,
  signature: Signature,
  input: Reading,
  settings: WorkerSettings,
): Promise<Net> {
  const { inputType, size } = signature
  const run = bindSession(runtime, session, signature, input)
  const grey = createProbe(inputType, input, size)
  const { dims } = await run(grey.data, grey.width, grey.height)
  const { factor, layout } = readProbe(dims, input, grey)
  const filter = factor > 2 ? createFilter(factor) : undefined
  return {
    factor,
    filter,
    inputType,
    input,
    outputLayout: layout,
    ...limitTiles(size[input.layout], factor, filter, settings),
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

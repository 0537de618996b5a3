import type { InferenceSession } from 'onnxruntime-common'
import { Fault, reason } from './fault.ts'
import { DEFAULT_OVERLAP, OWN_OVERLAP, type WorkerSettings } from './protocol.ts'
import type { Runtime } from './runtime.ts'
import { type Layout, readSignature, type Signature, type ValueType } from './signature.ts'
import { createTensorData, type TensorData, tensorDims } from './tensor.ts'
import type { AxisLimits } from './tiles.ts'

/** A loaded model that doubles RGB pictures, and how to feed it. */
export interface Net {
  inputType: ValueType
  inputLayout: Layout
  outputLayout: Layout
  /** Limits of the tiles that it takes. */
  across: AxisLimits
  down: AxisLimits
  /** Runs it on one picture in `inputLayout`, `width` x `height` pixels. The result is twice as wide and high, in `outputLayout`. */
  run(data: TensorData, width: number, height: number): Promise<TensorData>
}

/** Edges for own models are multiples of this: many nets unshuffle by 2 or 4, or work on windows of 8 or 16. */
const OWN_MULTIPLE = 16
/** For the probe run, where the model leaves the size open: unequal, so that height and width can be told apart. */
const PROBE = { height: 64, width: 48 }

/** What the weights of this package declare; known, so that a start needs no probe. */
const DEFAULT_SIGNATURE = { input: 'image', output: 'upscaled', inputType: 'uint8' } as const

/** What a session can be used for; own models are probed once. @throws Fault `HD_MODEL`, when the model is not a 2x model for RGB */
export async function openNet(runtime: Runtime, session: InferenceSession, settings: WorkerSettings): Promise<Net> {
  if (settings.model !== undefined) return probe(runtime, session, settings)
  const run = bindSession(runtime, session, DEFAULT_SIGNATURE, 'NHWC')
  const limits = { tile: settings.tile, overlap: DEFAULT_OVERLAP }
  return {
    inputType: 'uint8',
    inputLayout: 'NHWC',
    outputLayout: 'NHWC',
    across: limits,
    down: limits,
    run: async (data, width, height) => (await run(data, width, height)).data,
  }
}

/** Runs the model once on grey, which settles what its declared shapes leave open. */
async function probe(runtime: Runtime, session: InferenceSession, settings: WorkerSettings): Promise<Net> {
  const signature = readSignature(session)
  const { inputType, layouts } = signature
  let failure: unknown
  for (const inputLayout of layouts) {
    const size = signature.size[inputLayout]
    const height = size.height ?? PROBE.height
    const width = size.width ?? PROBE.width
    const run = bindSession(runtime, session, signature, inputLayout)
    let result: RunResult
    try {
      result = await run(createTensorData(inputType, width, height).fill(inputType === 'uint8' ? 128 : 0.5), width, height)
    } catch (error) {
      failure = error
      continue
    }
    return {
      inputType,
      inputLayout,
      outputLayout: checkOutput(result, width, height),
      across: limitAxis('width', size.width, settings),
      down: limitAxis('height', size.height, settings),
      run: async (values, w, h) => (await run(values, w, h)).data,
    }
  }
  const message = `expected the model to double a grey test picture, it failed: ${reason(failure)}`
  throw new Fault('HD_MODEL', message, 'Check that the model takes pictures of any size, multiples of 16 at least', failure)
}

interface RunResult {
  data: TensorData
  type: string
  dims: readonly number[]
}

type Run = (data: TensorData, width: number, height: number) => Promise<RunResult>

function bindSession(
  { ort }: Runtime,
  session: InferenceSession,
  { input, output, inputType }: Pick<Signature, 'input' | 'output' | 'inputType'>,
  layout: Layout,
): Run {
  return async (data, width, height) => {
    const result = await session.run({ [input]: new ort.Tensor(inputType, data, tensorDims(layout, width, height)) })
    const { data: values, type, dims } = result[output]!
    return { data: values as TensorData, type, dims }
  }
}

function checkOutput({ type, dims }: RunResult, width: number, height: number): Layout {
  if (type !== 'uint8' && type !== 'float32') throw new Fault('HD_MODEL', `expected uint8 or float32, the output is ${type}`)
  for (const layout of ['NCHW', 'NHWC'] as const) {
    if (tensorDims(layout, 2 * width, 2 * height).every((dim, index) => dims[index] === dim) && dims.length === 4) return layout
  }
  const factor = dims.length === 4 ? (dims[1] === 3 ? dims[2]! : dims[1]!) / height : Number.NaN
  const arrived = Number.isInteger(factor) ? `a factor of ${factor}` : `an output of [${dims.join(', ')}]`
  throw new Fault(
    'HD_MODEL',
    `expected a model that doubles width and height, it made ${arrived} of ${width}x${height} pixels`,
    'Use a 2x model: core keeps exactly twice the width and height of the source',
  )
}

function limitAxis(axis: string, fixed: number | undefined, settings: WorkerSettings): AxisLimits {
  if (fixed === undefined) return { tile: settings.tile, overlap: settings.overlap ?? OWN_OVERLAP, multiple: OWN_MULTIPLE }
  const overlap = settings.overlap ?? Math.min(OWN_OVERLAP, fixed >> 2)
  if (fixed <= 2 * overlap) {
    const expected = `expected \`overlap\` to be less than half of the model's ${axis} of ${fixed} pixels, it is ${overlap}`
    throw new Fault('HD_MODEL', expected, 'Lower `overlap`')
  }
  return { tile: fixed, overlap, exact: true }
}

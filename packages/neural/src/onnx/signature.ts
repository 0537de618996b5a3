import { type DeclaredSize, type Reading, readShape, type ValueType } from '@unplugin-hd/core/tensor'
import type { InferenceSession, Tensor } from 'onnxruntime-common'
import { WorkerError } from './worker-error.ts'

/** What a model declares about its input and output. */
export interface Signature {
  input: string
  output: string
  inputType: ValueType
  /** What the declared shape permits, the likelier first; the probe run decides. */
  readings: Reading[]
  size: DeclaredSize
}

const EXPECTED =
  'one image, as uint8 0..255, or as float32 or float16 0..1, of shape [1, channels, height, width] or [1, height, width, channels], with 3 channels (RGB) or 1 (luma)'

/** Reads what the model declares. @throws WorkerError `HD_MODEL`, if it cannot be a model that takes and returns one RGB or luma image */
export function readSignature(session: InferenceSession): Signature {
  const { inputNames, outputNames, inputMetadata, outputMetadata } = session
  if (inputMetadata === undefined || outputMetadata === undefined) {
    throw new WorkerError(
      'HD_RUNTIME',
      'this version of ONNX Runtime does not report the shapes of a model',
      'Install onnxruntime-node or onnxruntime-web 1.22 or newer',
    )
  }
  if (inputNames.length !== 1 || outputNames.length !== 1) {
    const arrived = `${count(inputNames, 'input')} and ${count(outputNames, 'output')}`
    throw unfit(`expected a model with one input and one output, it has ${arrived}`)
  }
  const [input] = inputMetadata
  if (!input?.isTensor) throw unfit('expected a tensor as input')
  checkType('input', input.type)
  const output = outputMetadata[0]
  if (output?.isTensor) checkType('output', output.type)

  const declared = input.shape.length === 0 ? ['', '', '', ''] : input.shape
  if (declared.length !== 4) throw unfit(`expected 4 dimensions, the input has ${declared.length}: ${format(declared)}`)
  const { batch, readings, size } = readShape(declared.map((dim) => (typeof dim === 'number' ? dim : undefined)))
  if (batch !== undefined && batch !== 1) throw unfit(`expected a batch of 1, the input is ${format(declared)}`)
  if (readings.length === 0) throw unfit(`expected 3 channels or 1, the input is ${format(declared)}`)
  return {
    input: inputNames[0]!,
    output: outputNames[0]!,
    inputType: input.type as ValueType,
    readings,
    size,
  }
}

export function isValueType(type: Tensor.Type): type is ValueType {
  return type === 'uint8' || type === 'float32' || type === 'float16'
}

function checkType(end: string, type: Tensor.Type): asserts type is ValueType {
  if (!isValueType(type)) throw unfit(`expected uint8, float32 or float16, the ${end} is ${type}`)
}

function unfit(problem: string, remedy = `The model must take ${EXPECTED}`): WorkerError {
  return new WorkerError('HD_MODEL', problem, remedy)
}

function count(names: readonly string[], noun: string): string {
  return `${names.length} ${noun}${names.length === 1 ? '' : 's'} (${names.join(', ')})`
}

function format(shape: readonly (number | string)[]): string {
  return `[${shape.map((dim) => (dim === '' ? '?' : dim)).join(', ')}]`
}

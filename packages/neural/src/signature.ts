import type { InferenceSession, Tensor } from 'onnxruntime-common'
import { Fault } from './fault.ts'

/** Order of a picture's values in a tensor: N batch, C channels, H height, W width. */
export type Layout = 'NHWC' | 'NCHW'
export type ValueType = 'uint8' | 'float32'

/** What a model says of its one input and one output, before it has run. */
export interface Signature {
  input: string
  output: string
  inputType: ValueType
  /** The layouts that the declared shape permits, likelier first; the probe run decides. */
  layouts: Layout[]
  /** The declared size per layout, in pixels; `undefined`: any. */
  size: Record<Layout, { height: number | undefined; width: number | undefined }>
}

const EXPECTED = 'one RGB picture, as uint8 0..255 or float32 0..1, of shape [1, 3, height, width] or [1, height, width, 3]'

/** Reads what the model declares. @throws Fault `HD_MODEL`, when it cannot be a super-resolution model for RGB pictures */
export function readSignature(session: InferenceSession): Signature {
  const { inputNames, outputNames, inputMetadata, outputMetadata } = session
  if (inputMetadata === undefined || outputMetadata === undefined) {
    throw new Fault(
      'HD_RUNTIME',
      'this onnxruntime-node does not tell the shapes of a model',
      'Install onnxruntime-node 1.22 or newer',
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
  const dims = declared.map((dim) => (typeof dim === 'number' ? dim : undefined))
  const [batch, second, third, fourth] = dims
  if (batch !== undefined && batch !== 1) throw unfit(`expected a batch of 1, the input is ${format(declared)}`)
  // No picture is 1, 2 or 4 pixels high or wide: such a number is a count of channels.
  const channels = [second, fourth].find((dim) => dim !== undefined && dim < 5 && dim !== 3)
  if (channels !== undefined) {
    const remedy = channels === 1 ? 'Models for luma alone are not supported: wrap it so that it takes RGB' : undefined
    throw unfit(`expected 3 channels, the input has ${channels}: ${format(declared)}`, remedy)
  }
  const layouts: Layout[] = []
  if (second === 3 || (second === undefined && fourth !== 3)) layouts.push('NCHW')
  if (fourth === 3 || (fourth === undefined && second !== 3)) layouts.push('NHWC')
  if (layouts.length === 0) throw unfit(`expected 3 channels, the input is ${format(declared)}`)
  return {
    input: inputNames[0]!,
    output: outputNames[0]!,
    inputType: input.type as ValueType,
    layouts,
    size: { NCHW: { height: third, width: fourth }, NHWC: { height: second, width: third } },
  }
}

function checkType(end: string, type: Tensor.Type): asserts type is ValueType {
  if (type === 'uint8' || type === 'float32') return
  const remedy = type === 'float16' ? 'Export the model with float32 inputs and outputs' : undefined
  throw unfit(`expected uint8 or float32, the ${end} is ${type}`, remedy)
}

function unfit(problem: string, remedy = `The model must take ${EXPECTED}`): Fault {
  return new Fault('HD_MODEL', problem, remedy)
}

function count(names: readonly string[], noun: string): string {
  return `${names.length} ${noun}${names.length === 1 ? '' : 's'} (${names.join(', ')})`
}

function format(shape: readonly (number | string)[]): string {
  return `[${shape.map((dim) => (dim === '' ? '?' : dim)).join(', ')}]`
}

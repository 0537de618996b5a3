import { HdError } from '@unplugin-hd/core'
import { type DeclaredShape, readShape } from '@unplugin-hd/core/tensor'
import type { Server } from './http/server.ts'
import { type Datatype, isDatatype } from './protocol/datatypes.ts'
import { type ModelMetadata, parseMetadata } from './protocol/metadata.ts'

/** What the server declares about the model, where it can be one for images. */
export interface Signature extends DeclaredShape {
  metadata: ModelMetadata
  /** Names of its input and its output. */
  input: string
  output: string
  datatype: Datatype
}

const EXPECTED =
  'The model must take images as FP32 or FP16 (0 to 1) or as UINT8 (0 to 255), of shape [batch, channels, height, width] or [batch, height, width, channels], with 3 channels (RGB) or 1 (luma)'

/** A server could let a build run out of memory by what it declares. */
const MAX_DIMENSION = 4096
const MAX_VALUES = 3 * 2048 ** 2

/** @throws KserveError, HdError `HD_MODEL` if the model cannot be one that takes and returns images */
export async function readSignature(server: Server, signal: AbortSignal): Promise<Signature> {
  const metadata = parseMetadata(await server.metadata(signal))
  const { inputs, outputs } = metadata
  const [input, output] = [inputs[0], outputs[0]]
  if (!input || !output || inputs.length > 1 || outputs.length > 1) {
    throw unfit(`expected a model with one input and one output, it has ${inputs.length} and ${outputs.length}`)
  }
  const { datatype, shape } = input
  if (!isDatatype(datatype)) throw unfit(`expected FP32, FP16 or UINT8, the input is ${datatype}`)
  if (shape.length !== 4) throw unfit(`expected 4 dimensions, the input has ${shape.length}: [${shape.join(', ')}]`)
  const declared = readShape(shape.map((dim) => (dim > 0 ? dim : undefined)))
  if (declared.readings.length === 0) throw unfit(`expected 3 channels or 1, the input is [${shape.join(', ')}]`)
  if (shape.some((dim) => dim > MAX_DIMENSION) || valuesOf(shape) > MAX_VALUES) {
    throw unfit(
      `expected at most ${MAX_DIMENSION} in each dimension and ${MAX_VALUES} values, the input is [${shape.join(', ')}]`,
    )
  }
  return { ...declared, metadata, input: input.name, output: output.name, datatype }
}

/** Of one request, where nothing is left open. */
function valuesOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * Math.max(1, dim), 1)
}

function unfit(problem: string): HdError {
  return new HdError('HD_MODEL', problem, { remedy: EXPECTED })
}

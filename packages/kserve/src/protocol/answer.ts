import type { TensorData } from '@unplugin-hd/core/tensor'
import { KserveError } from '../errors.ts'
import { byteLength, type Datatype, fromBytes, isDatatype } from './datatypes.ts'
import { parseObject } from './json.ts'
import { isName, isShape } from './metadata.ts'
import type { Encoding } from './request.ts'

/** An output of an inference, checked. */
export interface OutputTensor {
  shape: number[]
  data: TensorData
  /** How it came. */
  encoding: Encoding
  /** The version of the model that made it, if the server tells it. */
  modelVersion: string | undefined
}

/** @param jsonLength the header `Inference-Header-Content-Length`; without one all of the body is JSON */
export interface Answer {
  body: Buffer
  jsonLength: string | undefined
}

interface Declared {
  name: string
  datatype: Datatype
  shape: number[]
  /** Of its binary data; `undefined`: it is in the JSON. */
  bytes: number | undefined
  data: unknown
}

/** The output of this name. @throws KserveError `KSERVE_RESPONSE`, unless the answer follows the protocol to the byte */
export function decodeAnswer({ body, jsonLength }: Answer, name: string): OutputTensor {
  const length = jsonLength === undefined ? body.length : Number(jsonLength)
  if (!Number.isInteger(length) || length < 2 || length > body.length) {
    throw wrong(`of ${body.length} bytes has a wrong length of its JSON`)
  }
  const { outputs, model_version: version } = parseObject(body.subarray(0, length))
  if (!Array.isArray(outputs)) throw wrong('has no list of outputs')
  const modelVersion = isName(version) && version !== '' ? version : undefined
  let offset = length
  let found: OutputTensor | undefined
  for (const output of outputs) {
    const declared = declaredOf(output)
    const { bytes } = declared
    const end = offset + (bytes ?? 0)
    if (end > body.length)
      throw wrong(`is cut off: ${body.length - offset} bytes of ${bytes} of the tensor '${declared.name}' arrived`)
    if (declared.name === name) {
      const data = bytes === undefined ? numbersOf(declared) : fromBytes(body.subarray(offset, end), declared.datatype)
      found = { shape: declared.shape, data, encoding: bytes === undefined ? 'json' : 'binary', modelVersion }
    }
    offset = end
  }
  if (offset !== body.length) throw wrong(`has ${body.length - offset} bytes that belong to no tensor`)
  if (!found) throw wrong(`has no output '${name}'`)
  return found
}

function declaredOf(value: unknown): Declared {
  const { name, datatype, shape, parameters, data } = (value ?? {}) as Record<string, unknown>
  if (!isName(name) || !isShape(shape) || shape.some((dim) => dim < 1)) {
    throw wrong('has an output without a name or without a shape')
  }
  if (!isDatatype(datatype))
    throw wrong(`has an output of ${isName(datatype) ? `type ${datatype}` : 'no type'}, expected FP32, FP16 or UINT8`)
  const bytes = (parameters as { binary_data_size?: unknown } | undefined)?.binary_data_size
  if (bytes === undefined) return { name, datatype, shape, bytes, data }
  const expected = byteLength(datatype, sizeOf(shape))
  if (bytes !== expected) {
    throw wrong(`has a tensor of ${Number(bytes)} bytes, its shape [${shape.join(', ')}] in ${datatype} needs ${expected}`)
  }
  return { name, datatype, shape, bytes: expected, data: undefined }
}

/** Values in JSON: in one list, or in lists as deep as the shape. */
function numbersOf({ name, datatype, shape, data }: Declared): TensorData {
  const flat: unknown[] = Array.isArray(data) ? (Array.isArray(data[0]) ? data.flat(shape.length - 1) : data) : []
  if (flat.length !== sizeOf(shape) || !flat.every((each) => typeof each === 'number')) {
    throw wrong(`has ${flat.length} values in the tensor '${name}' of shape [${shape.join(', ')}]`)
  }
  return datatype === 'UINT8' ? Uint8Array.from(flat as number[]) : Float32Array.from(flat as number[])
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1)
}

function wrong(problem: string): KserveError {
  return new KserveError('KSERVE_RESPONSE', `the answer to an inference ${problem}`)
}

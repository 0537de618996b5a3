import { fromHalves, type TensorData, toHalves, type ValueType } from '@unplugin-hd/core/tensor'

/** The protocol's names of the types that images are made of. */
export const DATATYPES: Readonly<Record<'FP32' | 'FP16' | 'UINT8', ValueType>> = {
  FP32: 'float32',
  FP16: 'float16',
  UINT8: 'uint8',
}

export type Datatype = keyof typeof DATATYPES

const BYTES: Readonly<Record<Datatype, number>> = { FP32: 4, FP16: 2, UINT8: 1 }

export function isDatatype(value: unknown): value is Datatype {
  return typeof value === 'string' && Object.hasOwn(DATATYPES, value)
}

/** Of `count` values, in bytes. */
export function byteLength(datatype: Datatype, count: number): number {
  return BYTES[datatype] * count
}

/** The values as the binary extension sends them: little-endian and dense. */
export function toBytes(data: TensorData, datatype: Datatype): Uint8Array {
  const values = datatype === 'FP16' ? toHalves(data as Float32Array) : data
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/** A copy of the values: they may begin at any byte of an answer. */
export function fromBytes(bytes: Uint8Array, datatype: Datatype): TensorData {
  const copy = new Uint8Array(bytes)
  if (datatype === 'UINT8') return copy
  return datatype === 'FP32' ? new Float32Array(copy.buffer) : fromHalves(new Uint16Array(copy.buffer))
}

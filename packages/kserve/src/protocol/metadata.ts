import { KserveError } from '../errors.ts'

/** Of an input or output, as the server declares it. */
export interface TensorMetadata {
  name: string
  datatype: string
  /** -1: any length. */
  shape: number[]
}

export interface ModelMetadata {
  /** Those that can be asked for; empty where the server has no versions. */
  versions: string[]
  platform: string | undefined
  inputs: TensorMetadata[]
  outputs: TensorMetadata[]
}

/** Checks what a server says about a model. @throws KserveError `KSERVE_RESPONSE` */
export function parseMetadata(value: Record<string, unknown>): ModelMetadata {
  const { versions, platform, inputs, outputs } = value
  return {
    versions: Array.isArray(versions) ? versions.map(String) : [],
    platform: typeof platform === 'string' && platform !== '' ? platform : undefined,
    inputs: tensorsOf('inputs', inputs),
    outputs: tensorsOf('outputs', outputs),
  }
}

function tensorsOf(name: string, value: unknown): TensorMetadata[] {
  if (Array.isArray(value) && value.every(isTensor)) return value
  throw new KserveError(
    'KSERVE_RESPONSE',
    `the metadata of the model have no list '${name}' of tensors with name, datatype and shape`,
  )
}

function isTensor(value: unknown): value is TensorMetadata {
  const { name, datatype, shape } = (value ?? {}) as Partial<Record<keyof TensorMetadata, unknown>>
  return isName(name) && isName(datatype) && isShape(shape)
}

/** Short enough that no message cuts it: a secret that a server repeats is found only whole. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 256
}

export function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 16 && value.every((dim) => Number.isSafeInteger(dim))
}

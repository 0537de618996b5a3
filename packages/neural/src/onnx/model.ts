import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { errorMessage, HdError } from '@unplugin-hd/core'

/** A custom ONNX model. */
export interface Model {
  /** The file as the user named it; `undefined` for bytes. */
  file: string | undefined
  /** SHA-256, hexadecimal. @throws HdError `HD_MODEL`, when the file cannot be read */
  digest(): string
  /** @throws HdError `HD_MODEL`, when the file cannot be read */
  bytes(): Uint8Array
}

/** A model in a file. The file is read once, on first use, so that digest and pixels come from the same bytes. */
export function modelFromFile(path: string, file: string): Model {
  let bytes: Uint8Array | undefined
  return ownModel(file, () => (bytes ??= read(path, file)))
}

/** A model given as bytes, which are copied because the caller may change them. */
export function modelFromBytes(data: Uint8Array): Model {
  const bytes = new Uint8Array(data)
  return ownModel(undefined, () => bytes)
}

function ownModel(file: string | undefined, bytes: () => Uint8Array): Model {
  let digest: string | undefined
  return { file, bytes, digest: () => (digest ??= createHash('sha256').update(bytes()).digest('hex')) }
}

function read(path: string, file: string): Uint8Array {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const remedy = 'Check the option `model`: a relative path starts at the working directory'
    throw new HdError('HD_MODEL', `expected an ONNX file: ${errorMessage(error)}`, { file, remedy, cause: error })
  }
  if (bytes.length === 0) throw new HdError('HD_MODEL', 'expected an ONNX file, it is empty', { file })
  if (Buffer.from(bytes.subarray(0, 23)).toString('latin1') === 'version https://git-lfs') {
    throw new HdError('HD_MODEL', 'expected an ONNX file, it is a Git LFS pointer', { file, remedy: 'Run `git lfs pull`' })
  }
  return bytes
}

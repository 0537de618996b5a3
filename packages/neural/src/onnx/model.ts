import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { errorMessage, HdError } from '@unplugin-hd/core'

/** The weights of this package, or an ONNX file of the user's. */
export interface Model {
  /** True for what the user brought. */
  own: boolean
  /** The file as the user named it; `undefined` for bytes. */
  file: string | undefined
  /** SHA-256, hexadecimal. @throws HdError `HD_MODEL`, when the file cannot be read */
  digest(): string
  /** Of the user's file; `undefined` for the weights of this package. @throws HdError `HD_MODEL`, when the file cannot be read */
  bytes(): Uint8Array | undefined
}

/** Of `models/hd-x2.onnx`; written down so that the version costs no read. A test compares. */
export const DEFAULT_DIGEST = 'b0b954ffa037d09457c794f510e90a8e7bf13bb6474d90d212c01ff6e94c8f23'
/** The weights of this package. */
export function defaultModel(): Model {
  return { own: false, file: undefined, digest: () => DEFAULT_DIGEST, bytes: () => undefined }
}

/** A file of the user's. It is read once, when it is first needed, so that digest and pixels belong to the same bytes. */
export function modelFromFile(path: string, file: string): Model {
  let bytes: Uint8Array | undefined
  return ownModel(file, () => (bytes ??= read(path, file)))
}

/** Bytes of the user's; copied, since the caller may change them. */
export function modelFromBytes(data: Uint8Array): Model {
  const bytes = new Uint8Array(data)
  return ownModel(undefined, () => bytes)
}

function ownModel(file: string | undefined, bytes: () => Uint8Array): Model {
  let digest: string | undefined
  return { own: true, file, bytes, digest: () => (digest ??= createHash('sha256').update(bytes()).digest('hex')) }
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

import { EngineError } from './errors.ts'
import { toHalf } from './half.ts'
import { sha256, toHex } from './sha256.ts'

/** A 3x3 convolution with zero padding, and its activation. */
export interface Layer {
  inputs: number
  outputs: number
  /** `[outputs][inputs][3][3]` */
  kernel: Float32Array
  /** `[outputs]` */
  bias: Float32Array
  /** Factor for negative values, more than 0 and at most 1; 1 for the last layer, which has no activation. */
  slope: number
}

/** A layer whose kernel is still encoded. Only workers need its numbers, and their inner loops decode them faster. */
export interface StoredLayer extends Omit<Layer, 'kernel'> {
  kernel: Uint8Array
}

/**
 * A supported network: RGB (0..255) to `channels`, any number of layers from `channels` to `channels`, then 12 values: red, green and
 * blue of 2x2 pixels, line by line, which are added to the source pixel. The last bias includes the 0.5 for rounding.
 */
export interface Network {
  channels: number
  layers: StoredLayer[]
  /** Bytes of a number in a kernel: 4 (float32) or 2 (float16). */
  width: 2 | 4
  /** Hexadecimal SHA-256 of the weights. */
  digest: string
}

/*
 * The format, little-endian:
 *   0  'HDNW'
 *   4  uint8   version: 1
 *   5  uint8   bytes of a number in a kernel: 4 (float32) or 2 (float16)
 *   6  uint16  channels: a multiple of 8, at most 256
 *   8  uint16  layers that have `channels` outputs: 1 to 64
 *  10  uint16  0
 *  12  for each of these layers: slope (float32), bias (float32 each), kernel [outputs][inputs][3][3]
 *      for the last one: bias (12 times float32), kernel [12][channels][3][3]
 *  then  SHA-256 of everything before, 32 bytes
 */
const MAGIC = 0x574e4448
const VERSION = 1
const HEADER_BYTES = 12
const DIGEST_BYTES = 32
const MAX_CHANNELS = 256
const MAX_LAYERS = 64
const LAST_OUTPUTS = 12

/**
 * Reads a network. Allocates nothing before sizes, length and digest are checked.
 * @param digestOf SHA-256; the platform's implementation starts faster
 * @throws EngineError `ENGINE_WEIGHTS`, if a check fails or a number is invalid
 */
export function readWeights(bytes: Uint8Array, digestOf: (bytes: Uint8Array) => Uint8Array = sha256): Network {
  if (!(bytes instanceof Uint8Array)) throw refused('they must be a Uint8Array')
  if (bytes.length < HEADER_BYTES + DIGEST_BYTES) throw refused(`they have only ${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(0, true) !== MAGIC) throw refused("they do not begin with 'HDNW'; an ONNX file must be converted first")
  if (view.getUint8(4) !== VERSION)
    throw refused(`their format has version ${view.getUint8(4)}, but this engine reads ${VERSION}`)
  const width = view.getUint8(5)
  const channels = view.getUint16(6, true)
  const count = view.getUint16(8, true)
  if (width !== 2 && width !== 4) throw refused(`their numbers have ${width} bytes, not 2 or 4`)
  if (channels === 0 || channels % 8 !== 0 || channels > MAX_CHANNELS)
    throw refused(`${channels} channels; it must be a multiple of 8, at most ${MAX_CHANNELS}`)
  if (count === 0 || count > MAX_LAYERS) throw refused(`${count} layers; it must be 1 to ${MAX_LAYERS}`)
  if (view.getUint16(10, true) !== 0) throw refused('the reserved bytes of their header are not 0')
  const shapes = shapesOf(channels, count)
  const expected = HEADER_BYTES + shapes.reduce((sum, shape) => sum + bytesOf(shape, width), 0) + DIGEST_BYTES
  if (bytes.length !== expected) throw refused(`they have ${bytes.length} bytes, but their header requires ${expected}`)
  const body = bytes.subarray(0, bytes.length - DIGEST_BYTES)
  const digest = toHex(bytes.subarray(body.length))
  if (toHex(digestOf(body)) !== digest) throw refused('their digest does not match their content')

  let at = HEADER_BYTES
  const float32 = (): number => {
    const value = view.getFloat32(at, true)
    at += 4
    if (!Number.isFinite(value)) throw notFinite()
    return value
  }
  const layers = shapes.map(({ inputs, outputs, isLast }) => {
    const slope = isLast ? 1 : float32()
    if (!(slope > 0 && slope <= 1)) throw refused(`a slope in them is ${slope}; it must be more than 0 and at most 1`)
    const bias = Float32Array.from({ length: outputs }, float32)
    // A copy, because the caller may change the bytes.
    const kernel = bytes.slice(at, (at += 9 * inputs * outputs * width))
    if (!(width === 4 ? areFinite32(kernel) : areFinite16(kernel))) throw notFinite()
    return { inputs, outputs, kernel, bias, slope }
  })
  return { channels, layers, width, digest }
}

/** Whether no number has the highest exponent. Reads bytes in a plain loop, because it runs at every start, before V8 optimises it. */
function areFinite32(numbers: Uint8Array): boolean {
  for (let at = 0; at < numbers.length; at += 4)
    if ((numbers[at + 3]! & 0x7f) === 0x7f && (numbers[at + 2]! & 0x80) !== 0) return false
  return true
}

function areFinite16(numbers: Uint8Array): boolean {
  for (let at = 1; at < numbers.length; at += 2) if ((numbers[at]! & 0x7c) === 0x7c) return false
  return true
}

const notFinite = (): EngineError => refused('a number in them is not finite')

/**
 * The bytes of a network, as `readWeights` reads them.
 * @param layers all layers, the last one with 12 outputs and slope 1
 * @param width bytes of a number in a kernel: 4, or 2 for float16, which halves the file and rounds to 11 bits
 * @throws EngineError `ENGINE_WEIGHTS`, if the layers are not a supported network
 */
export function writeWeights(layers: readonly Layer[], width: 2 | 4 = 4): Uint8Array {
  const count = layers.length - 1
  const channels = layers[0]?.outputs ?? 0
  if (count < 1 || count > MAX_LAYERS) throw refused(`${count} layers; it must be 1 to ${MAX_LAYERS}`)
  const shapes = shapesOf(channels, count)
  const body = new Uint8Array(HEADER_BYTES + shapes.reduce((sum, shape) => sum + bytesOf(shape, width), 0))
  const view = new DataView(body.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint8(4, VERSION)
  view.setUint8(5, width)
  view.setUint16(6, channels, true)
  view.setUint16(8, count, true)
  let at = HEADER_BYTES
  const float32 = (value: number): void => {
    view.setFloat32(at, value, true)
    at += 4
  }
  const float16 = (value: number): void => {
    view.setUint16(at, toHalf(value), true)
    at += 2
  }
  for (const [index, { inputs, outputs, isLast }] of shapes.entries()) {
    const { slope, bias, kernel } = layers[index]!
    if (bias.length !== outputs || kernel.length !== 9 * inputs * outputs)
      throw refused(`layer ${index} does not have ${inputs} inputs and ${outputs} outputs`)
    if (!isLast) float32(slope)
    bias.forEach(float32)
    kernel.forEach(width === 4 ? float32 : float16)
  }
  const bytes = new Uint8Array(body.length + DIGEST_BYTES)
  bytes.set(body)
  bytes.set(sha256(body), body.length)
  readWeights(bytes)
  return bytes
}

interface Shape {
  inputs: number
  outputs: number
  isLast: boolean
}

function shapesOf(channels: number, count: number): Shape[] {
  return Array.from({ length: count + 1 }, (_, index) => ({
    inputs: index === 0 ? 3 : channels,
    outputs: index === count ? LAST_OUTPUTS : channels,
    isLast: index === count,
  }))
}

function bytesOf({ inputs, outputs, isLast }: Shape, width: number): number {
  return (isLast ? 0 : 4) + 4 * outputs + width * 9 * inputs * outputs
}

function refused(why: string): EngineError {
  return new EngineError('ENGINE_WEIGHTS', `the weights cannot be used: ${why}`)
}

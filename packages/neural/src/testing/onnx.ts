/**
 * A hand-written encoder for the few protobuf messages of an ONNX file that tiny test models need (onnx.proto3 of the ONNX
 * specification). Numbers in `field` calls are the field numbers there.
 */

const ELEMENT_TYPES = { float32: 1, uint8: 2, int8: 3, float16: 10 }
export type ElementType = keyof typeof ELEMENT_TYPES

type Value = number | string | Uint8Array
type Attribute = number | string | number[]

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return [...bytes, rest]
}

function field(number: number, value: Value): Uint8Array {
  if (typeof value === 'number') return Uint8Array.from([...varint(number * 8), ...varint(value)])
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length), ...bytes])
}

function message(...fields: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(fields))
}

export interface ValueInfo {
  name: string
  type: ElementType
  /** Numbers are fixed, names symbolic. */
  shape: (number | string)[]
}

function valueInfo({ name, type, shape }: ValueInfo): Uint8Array {
  const dims = shape.map((dim) => field(1, typeof dim === 'number' ? field(1, dim) : field(2, dim)))
  const tensor = message(field(1, ELEMENT_TYPES[type]), field(2, message(...dims)))
  return message(field(1, name), field(2, field(1, tensor)))
}

function attribute(name: string, value: Attribute): Uint8Array {
  if (typeof value === 'number') return message(field(1, name), field(3, value), field(20, 2))
  if (typeof value === 'string') return message(field(1, name), field(4, value), field(20, 3))
  return message(field(1, name), ...value.map((item) => field(8, item)), field(20, 7))
}

export function node(op: string, inputs: string[], output: string, attributes: Record<string, Attribute> = {}): Uint8Array {
  const encoded = Object.entries(attributes).map(([name, value]) => field(5, attribute(name, value)))
  return message(...inputs.map((input) => field(1, input)), field(2, output), field(4, op), ...encoded)
}

export function floats(name: string, dims: number[], values: number[]): Uint8Array {
  const raw = new Uint8Array(Float32Array.from(values).buffer)
  return message(...dims.map((dim) => field(1, dim)), field(2, ELEMENT_TYPES.float32), field(8, name), field(9, raw))
}

export interface Graph {
  inputs: ValueInfo[]
  outputs: ValueInfo[]
  nodes: Uint8Array[]
  initializers?: Uint8Array[]
}

/** The bytes of an ONNX file of opset 13. */
export function encodeOnnx({ inputs, outputs, nodes, initializers = [] }: Graph): Uint8Array {
  const graph = message(
    ...nodes.map((bytes) => field(1, bytes)),
    field(2, 'test'),
    ...initializers.map((bytes) => field(5, bytes)),
    ...inputs.map((value) => field(11, valueInfo(value))),
    ...outputs.map((value) => field(12, valueInfo(value))),
  )
  return message(field(1, 8), field(7, graph), field(8, message(field(1, ''), field(2, 13))))
}

/** The scales of `nearestModel`, by layout. */
export function scalesOf(layout: 'NCHW' | 'NHWC', factor: number): number[] {
  return layout === 'NCHW' ? [1, 1, factor, factor] : [1, factor, factor, 1]
}

/** The mean of `9 x 9` pixels, repeated `factor` times: its receptive field is 4 pixels on each side. */
export function softModel(factor: number, channels: 1 | 3 = 3, batch: number | string = 1): Uint8Array {
  const weights = Array.from({ length: 81 * channels }, () => 1 / 81)
  return encodeOnnx({
    inputs: [{ name: 'x', type: 'float32', shape: [batch, channels, 'h', 'w'] }],
    outputs: [{ name: 'y', type: 'float32', shape: [batch, channels, 'h2', 'w2'] }],
    nodes: [
      node('Conv', ['x', 'kernel'], 'soft', { group: channels, pads: [4, 4, 4, 4] }),
      node('Resize', ['soft', '', 'scales'], 'y', {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      }),
    ],
    initializers: [floats('scales', [4], scalesOf('NCHW', factor)), floats('kernel', [channels, 1, 9, 9], weights)],
  })
}

/** `1 - pixels`, of the same size. */
export function negativeModel(channels: 1 | 3 = 3): Uint8Array {
  const shape = [1, channels, 'h', 'w']
  return encodeOnnx({
    inputs: [{ name: 'x', type: 'float32', shape }],
    outputs: [{ name: 'y', type: 'float32', shape }],
    nodes: [node('Sub', ['one', 'x'], 'y')],
    initializers: [floats('one', [1], [1])],
  })
}

/** A model that enlarges by repeating pixels, so that its result is known without a second implementation. */
export function nearestModel(type: ElementType, shape: (number | string)[], scales: number[]): Uint8Array {
  const output = shape.map((dim, axis) => (typeof dim === 'number' ? dim * scales[axis]! : `${dim}_out`))
  return encodeOnnx({
    inputs: [{ name: 'pixels', type, shape }],
    outputs: [{ name: 'enlarged', type, shape: output }],
    nodes: [
      node('Resize', ['pixels', '', 'scales'], 'enlarged', {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      }),
    ],
    initializers: [floats('scales', [scales.length], scales)],
  })
}

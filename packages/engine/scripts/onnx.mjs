// Reads the layers of a supported network from an ONNX file. Field numbers are those of onnx.proto3 in the ONNX specification.
const GRAPH = 7
const NODE = 1
const INITIALIZER = 5
const FLOAT = 1

/**
 * @param {Uint8Array} bytes of a file that `training/export.py` of @unplugin-hd/neural writes
 * @returns {import('../src/weights.ts').Layer[]}
 */
export function readLayers(bytes) {
  const graph = only(readFields(bytes), GRAPH)
  const tensors = new Map(all(readFields(graph), INITIALIZER).map(readTensor))
  const nodes = all(readFields(graph), NODE).map(readNode)
  const kernels = nodes.filter(({ type, inputs }) => type === 'Conv' && inputs.length === 3)
  const slopes = nodes.filter(({ type }) => type === 'LeakyRelu').map(({ alpha }) => alpha)
  if (kernels.length < 2 || slopes.length !== kernels.length - 1) throw new Error('the ONNX file contains an unsupported network')
  return kernels.map(({ inputs: [, kernelName, biasName] }, index) => {
    const kernel = tensors.get(kernelName)
    const bias = tensors.get(biasName)
    const [outputs, inputs, ...size] = kernel?.shape ?? []
    if (!bias || size.join() !== '3,3') throw new Error(`the convolution ${index} of the ONNX file is not 3x3, or has no bias`)
    return { inputs, outputs, kernel: kernel.values, bias: bias.values, slope: slopes[index] ?? 1 }
  })
}

function readTensor(bytes) {
  const fields = readFields(bytes)
  // Packed into one field, or one field each.
  const shape = fields
    .filter(({ number }) => number === 1)
    .flatMap(({ value }) => (typeof value === 'number' ? [value] : readNumbers(value)))
  const raw = all(fields, 9)[0] ?? new Uint8Array()
  const values = only(fields, 2) === FLOAT ? new Float32Array(Uint8Array.from(raw).buffer) : undefined
  return [text(only(fields, 8)), { shape, values }]
}

function readNode(bytes) {
  const fields = readFields(bytes)
  const alpha = all(fields, 5)
    .map(readFields)
    .find((attribute) => text(only(attribute, 1)) === 'alpha')
  return { type: text(only(fields, 4)), inputs: all(fields, 1).map(text), alpha: alpha && only(alpha, 2) }
}

/** The fields of a message: numbers, or bytes. */
function readFields(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const fields = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let unit = 1, byte = 128; byte > 127; unit *= 128) {
      byte = bytes[at++]
      value += (byte % 128) * unit
    }
    return value
  }
  while (at < bytes.length) {
    const key = varint()
    const number = Math.floor(key / 8)
    const kind = key % 8
    if (kind === 0) fields.push({ number, value: varint() })
    else if (kind === 2) {
      const length = varint()
      fields.push({ number, value: bytes.subarray(at, at + length) })
      at += length
    } else if (kind === 5) {
      fields.push({ number, value: view.getFloat32(at, true) })
      at += 4
    } else if (kind === 1) at += 8
    else throw new Error(`the ONNX file is damaged: a field of kind ${kind}`)
  }
  return fields
}

/** Packed numbers. */
function readNumbers(bytes) {
  const numbers = []
  let value = 0
  let unit = 1
  for (const byte of bytes) {
    value += (byte % 128) * unit
    unit *= 128
    if (byte > 127) continue
    numbers.push(value)
    value = 0
    unit = 1
  }
  return numbers
}

const all = (fields, wanted) => fields.filter(({ number }) => number === wanted).map(({ value }) => value)
const only = (fields, wanted) => all(fields, wanted)[0]
const text = (bytes) => new TextDecoder().decode(bytes)

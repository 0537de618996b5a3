import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import type { ServedModel } from './inference-server.ts'

const DATATYPES = { float32: 'FP32', float16: 'FP16', uint8: 'UINT8' } as const
type ElementType = keyof typeof DATATYPES

/** An ONNX model as the server runs it. */
export async function onnx(bytes: Uint8Array): Promise<ServedModel> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4 })
  const [input, output] = [session.inputMetadata[0]!, session.outputMetadata[0]!]
  if (!input.isTensor || !output.isTensor) throw new Error('no tensors')
  const type = input.type as ElementType
  return {
    datatype: DATATYPES[type],
    shape: shapeOf(input.shape),
    outputShape: shapeOf(output.shape),
    async run({ shape, data }) {
      const result = await session.run({ [input.name]: new OrtTensor(type, data as Float32Array, shape) })
      const made = result[output.name]!
      return { shape: [...made.dims], data: made.data as Float32Array }
    },
  }
}

function shapeOf(dims: readonly (number | string)[]): number[] {
  return dims.map((dim) => (typeof dim === 'number' ? dim : -1))
}

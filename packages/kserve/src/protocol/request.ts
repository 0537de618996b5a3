import type { TensorData } from '@unplugin-hd/core/tensor'
import { byteLength, type Datatype, toBytes } from './datatypes.ts'

/** How tensors travel: after the JSON as bytes, or in it as numbers. */
export type Encoding = 'binary' | 'json'

export interface Inference {
  input: string
  output: string
  datatype: Datatype
  shape: number[]
  data: TensorData
}

export interface EncodedRequest {
  headers: Record<string, string>
  body: Buffer
}

/** An inference request with one input and one requested output. */
export function encodeRequest({ input, output, datatype, shape, data }: Inference, encoding: Encoding): EncodedRequest {
  const tensor = { name: input, shape, datatype }
  if (encoding === 'json') {
    const body = Buffer.from(JSON.stringify({ inputs: [{ ...tensor, data: Array.from(data) }], outputs: [{ name: output }] }))
    return { headers: { 'content-type': 'application/json' }, body }
  }
  const parameters = { binary_data_size: byteLength(datatype, data.length) }
  const wanted = { name: output, parameters: { binary_data: true } }
  const header = Buffer.from(JSON.stringify({ inputs: [{ ...tensor, parameters }], outputs: [wanted] }))
  return {
    headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(header.length) },
    body: Buffer.concat([header, toBytes(data, datatype)]),
  }
}

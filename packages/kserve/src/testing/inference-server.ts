import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { serve } from '../../../remote-cache/src/testing/object-server.ts'

type Values = Float32Array | Uint16Array | Uint8Array

export interface Tensor {
  shape: number[]
  data: Values
}

/** A model on the server. Its values are in the native types of the protocol, FP16 as bits. */
export interface ServedModel {
  datatype: 'FP32' | 'FP16' | 'UINT8'
  /** As declared; -1: any. */
  shape: number[]
  outputShape: number[]
  run(input: Tensor): Promise<Tensor>
  versions?: string[]
  /** More images in one request are refused, as by Triton. */
  maxBatch?: number
}

export interface Received {
  method: string
  path: string
  headers: IncomingMessage['headers']
  /** Of the input of an inference. */
  shape?: number[]
}

export interface InferenceServer {
  url: string
  models: Map<string, ServedModel>
  requests: Received[]
  /** The most requests that were computed at the same time. */
  mostAtOnce: number
  /** Without the binary extension. */
  jsonOnly: boolean
  /** Answers instead of the server; falsy: the server answers. */
  fault: ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined
  /** Changes an answer before it is sent. */
  tamper: ((answer: Encoded) => Encoded) | undefined
  inferences(): Received[]
}

export interface Encoded {
  json: Record<string, unknown>
  binary: Buffer
}

const TYPES = { FP32: Float32Array, FP16: Uint16Array, UINT8: Uint8Array }

/** Speaks the Open Inference Protocol on loopback, with the binary extension, until the test ends. Knows nothing of the client. */
export async function inferenceServer(models: Record<string, ServedModel>): Promise<InferenceServer> {
  let atOnce = 0
  const state: InferenceServer = {
    url: '',
    models: new Map(Object.entries(models)),
    requests: [],
    mostAtOnce: 0,
    jsonOnly: false,
    fault: undefined,
    tamper: undefined,
    inferences: () => state.requests.filter(({ shape }) => shape !== undefined),
  }
  state.url = await serve(async (request, response) => {
    const received: Received = { method: request.method!, path: request.url!, headers: request.headers }
    state.requests.push(received)
    if (state.fault?.(request, response)) return
    const body = await buffer(request)
    state.mostAtOnce = Math.max(state.mostAtOnce, ++atOnce)
    try {
      await answer(received, body, response)
    } catch (error) {
      sendJson(response, 400, { error: (error as Error).message })
    } finally {
      atOnce--
    }
  })

  const answer = async (received: Received, body: Buffer, response: ServerResponse): Promise<void> => {
    const { method, path } = received
    if (path === '/v2/health/ready') return sendJson(response, 200, { live: true })
    const [, name, , version, action] = /^\/v2\/models\/([^/]+)(\/versions\/([^/]+))?(?:\/(infer|ready))?$/.exec(path) ?? []
    const model = state.models.get(decodeURIComponent(name ?? ''))
    if (!model) return sendJson(response, 404, { error: `Request for unknown model: '${name}' is not found` })
    const versions = model.versions ?? ['1']
    if (version !== undefined && !versions.includes(version)) return sendJson(response, 404, { error: `no version ${version}` })
    const served = version ?? versions.at(-1)!
    if (method === 'GET' && action === 'ready') return sendJson(response, 200, { name, ready: true })
    if (method === 'GET' && action === undefined) {
      const input = { name: 'pixels', datatype: model.datatype, shape: model.shape }
      const output = { name: 'enlarged', datatype: model.datatype, shape: model.outputShape }
      return sendJson(response, 200, { name, versions, platform: 'test', inputs: [input], outputs: [output] })
    }
    if (method !== 'POST' || action !== 'infer') return sendJson(response, 405, { error: 'method not allowed' })
    await infer(model, { name: name!, version: served }, received, body, response)
  }

  const infer = async (
    model: ServedModel,
    { name, version }: { name: string; version: string },
    received: Received,
    body: Buffer,
    response: ServerResponse,
  ): Promise<void> => {
    const { input, wantsBinary } = readInput(model, received, body, state.jsonOnly)
    received.shape = input.shape
    if (input.shape[0]! > (model.maxBatch ?? 64)) throw new Error(`inference request batch-size must be <= ${model.maxBatch}`)
    if (model.shape.some((dim, index) => dim !== -1 && dim !== input.shape[index])) {
      throw new Error(`unexpected shape for input 'pixels': expected ${model.shape}, got ${input.shape}`)
    }
    const { shape, data } = await model.run(input)
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    const tensor = { name: 'enlarged', shape, datatype: model.datatype }
    const output = wantsBinary
      ? { ...tensor, parameters: { binary_data_size: bytes.length } }
      : { ...tensor, data: Array.from(data) }
    const made: Encoded = {
      json: { model_name: name, model_version: version, outputs: [output] },
      binary: wantsBinary ? bytes : Buffer.alloc(0),
    }
    const { json, binary } = state.tamper?.(made) ?? made
    const header = Buffer.from(JSON.stringify(json))
    response.writeHead(200, {
      'content-type': wantsBinary ? 'application/octet-stream' : 'application/json',
      'content-length': header.length + binary.length,
      ...(wantsBinary && { 'inference-header-content-length': header.length }),
    })
    response.end(Buffer.concat([header, binary]))
  }
  return state
}

interface RequestJson {
  inputs: { name: string; datatype: string; shape: number[]; parameters?: { binary_data_size?: number }; data?: number[] }[]
  outputs?: { name: string; parameters?: { binary_data?: boolean } }[]
}

function readInput({ datatype }: ServedModel, { headers }: Received, body: Buffer, jsonOnly: boolean) {
  const header = headers['inference-header-content-length']
  if (jsonOnly && header !== undefined) throw new Error('Unrecognized request format')
  const length = header === undefined ? body.length : Number(header)
  const { inputs, outputs } = JSON.parse(body.toString('utf8', 0, length)) as RequestJson
  const [input] = inputs
  if (input?.name !== 'pixels' || input.datatype !== datatype)
    throw new Error(`unexpected input ${input?.name}, ${input?.datatype}`)
  const count = input.shape.reduce((product, dim) => product * dim, 1)
  const bytes = count * TYPES[datatype].BYTES_PER_ELEMENT
  const stated = input.parameters?.binary_data_size
  if (header !== undefined && (stated !== bytes || body.length - length !== bytes)) throw new Error('wrong size of binary data')
  const data =
    header === undefined ? TYPES[datatype].from(input.data!) : new TYPES[datatype](new Uint8Array(body.subarray(length)).buffer)
  if (data.length !== count) throw new Error(`expected ${count} values, got ${data.length}`)
  const wantsBinary = !jsonOnly && outputs?.[0]?.parameters?.binary_data === true
  return { input: { shape: input.shape, data }, wantsBinary }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

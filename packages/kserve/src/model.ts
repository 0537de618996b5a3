import { HdError } from '@unplugin-hd/core'
import {
  createFilter,
  createProbe,
  type Filter,
  LARGEST_FACTOR,
  type Layout,
  limitTiles,
  type Reading,
  readProbe,
  tensorDims,
  type TensorData,
  type TileLimits,
  type TileSettings,
  UnfitModelError,
  type ValueType,
} from '@unplugin-hd/core/tensor'
import { KserveError } from './errors.ts'
import type { Server } from './http/server.ts'
import { decodeAnswer, type OutputTensor } from './protocol/answer.ts'
import { DATATYPES } from './protocol/datatypes.ts'
import { encodeRequest, type Encoding } from './protocol/request.ts'
import { readSignature, type Signature } from './signature.ts'

/** A model that enlarges or restores images, and what it expects. */
export interface Model extends TileLimits {
  /** How many times as wide and high the output is. 1: the model restores. */
  factor: number
  /** Resamples the output to 2x; `undefined` for a factor of 2. */
  filter: Filter | undefined
  inputType: ValueType
  input: Reading
  outputLayout: Layout
  /** Exactly so many images in each request; `undefined`: any number. */
  fixedBatch: number | undefined
  /** Runs it on images of one size, laid out one after another as `input` says. */
  run(images: Images, signal: AbortSignal): Promise<OutputTensor>
}

interface Images {
  data: TensorData
  count: number
  /** Of each, in pixels. */
  width: number
  height: number
}

/** JSON that is not tensors. */
const MAX_HEADER_BYTES = 64 * 1024
/** Of an answer, whatever its tensor needs. */
const MAX_BYTES = 1024 ** 3
/** A number in binary data has at most so many bytes, and in JSON, with its comma, whatever the server prints. */
const VALUE_BYTES: Readonly<Record<Encoding, number>> = { binary: 4, json: 32 }

/**
 * Finds out how a model can be used: runs it once on a grey image, with binary tensors, and with JSON if the server refuses them.
 * @throws KserveError, HdError `HD_MODEL` if it is not a model for images
 */
export async function openModel(server: Server, settings: TileSettings, signal: AbortSignal): Promise<Model> {
  const signature = await readSignature(server, signal)
  const failures: unknown[] = []
  // JSON has no numbers of 16 bits.
  for (const encoding of signature.datatype === 'FP16' ? (['binary'] as const) : (['binary', 'json'] as const)) {
    for (const reading of signature.readings) {
      try {
        return await probe(server, signature, { reading, encoding, settings }, signal)
      } catch (error) {
        // It ran, so that the encoding is not the reason.
        if (error instanceof UnfitModelError && reading === signature.readings.at(-1)) throw notForImages(error)
        if (!(error instanceof UnfitModelError) && !isRefusal(error)) throw error
        failures.push(error)
      }
    }
  }
  const unfit = failures.find((failure) => failure instanceof UnfitModelError)
  throw unfit ? notForImages(unfit) : failures[0]
}

function notForImages({ message, remedy }: UnfitModelError): HdError {
  return new HdError('HD_MODEL', message, { remedy })
}

/** The server understood who asks, and does not take this input. */
function isRefusal(error: unknown): boolean {
  return error instanceof KserveError && (error.code === 'KSERVE_MODEL' || error.status === 500)
}

interface Guess {
  reading: Reading
  encoding: Encoding
  settings: TileSettings
}

/** @throws UnfitModelError, if the output is not an enlarged image */
async function probe(server: Server, signature: Signature, guess: Guess, signal: AbortSignal): Promise<Model> {
  const { reading, encoding, settings } = guess
  const { input, output, datatype, batch: fixedBatch } = signature
  const size = signature.size[reading.layout]
  const infer = async ({ data, count, width, height }: Images, maxBytes: number, within: AbortSignal) => {
    const shape = batchDims(count, reading, width, height)
    const request = encodeRequest({ input, output, datatype, shape, data }, encoding)
    return decodeAnswer(await server.infer(request, Math.min(MAX_HEADER_BYTES + maxBytes, MAX_BYTES), within), output)
  }

  const grey = createProbe(DATATYPES[datatype], reading, signature.size)
  const count = fixedBatch ?? 1
  const data = repeat(grey.data, count)
  const made = await infer({ ...grey, data, count }, VALUE_BYTES.json * LARGEST_FACTOR ** 2 * data.length, signal)
  const { factor, layout } = readProbe([made.shape[0]! / count, ...made.shape.slice(1)], reading, grey)
  const filter = factor === 2 ? undefined : createFilter(factor)
  return {
    factor,
    filter,
    inputType: DATATYPES[datatype],
    input: reading,
    outputLayout: layout,
    fixedBatch,
    ...limitTiles(size, factor, filter, settings),
    async run(images, within) {
      const result = await infer(images, VALUE_BYTES[made.encoding] * factor ** 2 * images.data.length, within)
      const expected = batchDims(images.count, { ...reading, layout }, factor * images.width, factor * images.height)
      if (String(result.shape) === String(expected)) return result
      const message = `expected a tensor of [${expected.join(', ')}], the model returned [${result.shape.join(', ')}]`
      throw new KserveError('KSERVE_RESPONSE', message, { remedy: 'Lower `batch` to 1 if the model takes one image only' })
    },
  }
}

function batchDims(count: number, reading: Reading, width: number, height: number): number[] {
  return [count, ...tensorDims(reading, width, height).slice(1)]
}

function repeat(data: TensorData, count: number): TensorData {
  const all = data instanceof Uint8Array ? new Uint8Array(count * data.length) : new Float32Array(count * data.length)
  for (let index = 0; index < count; index++) all.set(data, index * data.length)
  return all
}

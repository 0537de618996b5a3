import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HdError, refuseUnknown } from '@unplugin-hd/core'
import { defaultModel, type Model, modelFromBytes, modelFromFile } from './onnx/model.ts'
import { DEFAULT_OVERLAP, type ExecutionProvider, LEAST_TILE, OWN_OVERLAP } from './onnx/protocol.ts'

export interface NeuralOptions {
  /**
   * `'fast'`: the weights of this package. Or an ONNX model of your own, for RGB or for luma alone, of factor 2, of 3 or 4 (brought
   * to exactly 2x), or of 1 (it restores, and the weights of this package enlarge): a path (relative to the working directory;
   * `./fast` for a file of that name), a `file:` URL, or the file's bytes. @default 'fast'
   */
  model?: string | URL | Uint8Array
  /**
   * `'native'`: the package onnxruntime-node, which you install; `'wasm'`: the build that comes with this package, three to
   * four times slower; `'auto'`: native where it is installed and loads, else WASM. @default 'auto'
   */
  runtime?: 'auto' | 'native' | 'wasm'
  /**
   * Where the native runtime is to compute, in the order of preference: names of ONNX Runtime's execution providers, `'cuda'`,
   * `'coreml'`, `'dml'`, `'webgpu'`, or objects with such a `name` and options of its own. Which there are depends on the platform
   * and on libraries that you install. One that cannot be used is a warning, and the CPU takes over. @default none: the CPU
   */
  executionProviders?: readonly ExecutionProvider[]
  /** Threads of the runtime, 1 to 64. @default the cores at hand, at most 8 */
  threads?: number
  /**
   * The longest edge of a tile, in source pixels, 48 to 4096. More is a little faster and takes more memory.
   * @default 512; 1024 / factor for own models of more than 2x
   */
  tile?: number
  /**
   * Source pixels of context around each tile, 0 to 512, for own models alone: with less than the model looks at, seams
   * show. @default 32
   */
  overlap?: number
}

/** What {@link NeuralOptions} amount to. */
export interface ResolvedOptions {
  model: Model
  runtime: 'auto' | 'native' | 'wasm'
  executionProviders: ExecutionProvider[]
  threads: number
  /** `undefined`: left to the model. */
  tile: number | undefined
  /** `undefined`: left to the model. */
  overlap: number | undefined
}

const RUNTIMES = ['auto', 'native', 'wasm'] as const
const KEYS = ['model', 'runtime', 'executionProviders', 'threads', 'tile', 'overlap']
/** More threads than this gain little on tiles of this size. */
const MOST_THREADS = 8
/** The options, checked and complete. @throws HdError `HD_OPTION`, when a key is unknown or a value is not allowed */
export function resolveOptions(options: NeuralOptions = {}): ResolvedOptions {
  refuseUnknown(options, KEYS, 'neural()')
  const runtime = options.runtime ?? 'auto'
  if (!RUNTIMES.includes(runtime)) throw refuse('`runtime`', "'auto', 'native' or 'wasm'", runtime)
  const executionProviders = resolveProviders(options.executionProviders ?? [])
  if (executionProviders.length > 0 && runtime === 'wasm') {
    const remedy = "Remove `runtime: 'wasm'`, and install onnxruntime-node"
    throw new HdError('HD_OPTION', 'neural() takes `executionProviders` only with the native runtime', { remedy })
  }
  const model = resolveModel(options.model)
  const overlap = options.overlap === undefined ? undefined : integer('overlap', options.overlap, 0, 512)
  if (overlap !== undefined && !model.own) {
    const remedy = 'Remove it: the default model needs exactly 12 pixels, and always gets them'
    throw new HdError('HD_OPTION', 'neural() takes `overlap` only together with `model`', { remedy })
  }
  const tile = options.tile === undefined ? undefined : integer('tile', options.tile, 48, 4096)
  const least = 2 * (overlap ?? (model.own ? OWN_OVERLAP : DEFAULT_OVERLAP)) + LEAST_TILE
  if (tile !== undefined && tile < least) throw refuse('`tile`', `at least ${least} (twice the overlap, and ${LEAST_TILE})`, tile)
  const threads = integer('threads', options.threads ?? Math.min(availableParallelism(), MOST_THREADS), 1, 64)
  return { model, runtime, executionProviders, threads, tile, overlap }
}

function resolveModel(model: NeuralOptions['model']): Model {
  if (model === undefined || model === 'fast') return defaultModel()
  if (model === 'quality') {
    const remedy = "Leave `model` out, or give the path of an ONNX file of your own; a file of that name is './quality'"
    throw new HdError('HD_OPTION', "neural() has no model 'quality' in this version: only 'fast' has been trained yet", {
      remedy,
    })
  }
  if (model instanceof Uint8Array) return modelFromBytes(model)
  if (model instanceof URL && model.protocol === 'file:') return modelFromFile(fileURLToPath(model), fileURLToPath(model))
  if (typeof model === 'string' && model.startsWith('file:')) return modelFromFile(fileURLToPath(model), model)
  if (typeof model === 'string' && model !== '' && !/^https?:/.test(model)) return modelFromFile(resolve(model), model)
  throw refuse('`model`', "'fast', a path, a file: URL or the bytes of an ONNX file", model)
}

function resolveProviders(providers: unknown): ExecutionProvider[] {
  const expected = 'a list of names of execution providers, or of objects with a `name`'
  if (!Array.isArray(providers)) throw refuse('`executionProviders`', expected, providers)
  for (const provider of providers as unknown[]) {
    const name = typeof provider === 'object' && provider !== null && 'name' in provider ? provider.name : provider
    if (typeof name !== 'string' || name === '') throw refuse('`executionProviders`', expected, JSON.stringify(provider))
  }
  // A copy, of what can be sent to a worker.
  return JSON.parse(JSON.stringify(providers)) as ExecutionProvider[]
}

function integer(key: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw refuse(`\`${key}\``, `a whole number from ${least} to ${most}`, value)
}

function refuse(subject: string, expected: string, arrived: unknown): HdError {
  const shown = typeof arrived === 'string' ? `'${arrived}'` : String(arrived)
  return new HdError('HD_OPTION', `neural() expected ${subject} to be ${expected}, got ${shown}`)
}

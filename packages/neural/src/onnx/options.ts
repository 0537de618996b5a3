import { HdError } from '@unplugin-hd/core'
import { integer, refuse } from '../refuse.ts'
import type { Model } from './model.ts'
import { type ExecutionProvider, LEAST_TILE, OWN_OVERLAP, type WorkerSettings } from './protocol.ts'

/** The options that only a model of your own takes. */
export interface OwnModelOptions {
  /**
   * Only with a model of your own. `'native'`: onnxruntime-node; `'wasm'`: onnxruntime-web, several times slower; `'auto'`: native
   * where it is installed and loads, else WASM. @default 'auto'
   */
  runtime?: 'auto' | 'native' | 'wasm'
  /**
   * Only with a model of your own: where the native runtime is to compute, in the order of preference: names of ONNX Runtime's
   * execution providers, `'cuda'`, `'coreml'`, `'dml'`, `'webgpu'`, or objects with such a `name` and options of its own. Which
   * there are depends on the platform and on libraries that you install. One that cannot be used is a warning, and the CPU takes over.
   * @default none: the CPU
   */
  executionProviders?: readonly ExecutionProvider[]
  /**
   * Only with a model of your own: the longest edge of a tile, in source pixels, 48 to 4096. More is a little faster and takes more
   * memory. @default 512; 1024 / factor for models of more than 2x
   */
  tile?: number
  /**
   * Only with a model of your own: source pixels of context around each tile, 0 to 512. With less than the model looks at, seams
   * show. @default 32
   */
  overlap?: number
}

/** A model of the user's, and what only it needs. */
export interface OwnModel {
  model: Model
  runtime: WorkerSettings['runtime']
  executionProviders: ExecutionProvider[]
  /** `undefined`: left to the model. */
  tile: number | undefined
  /** `undefined`: left to the model. */
  overlap: number | undefined
}

export const OWN_KEYS: readonly (keyof OwnModelOptions)[] = ['runtime', 'executionProviders', 'tile', 'overlap']
const RUNTIMES = ['auto', 'native', 'wasm'] as const

/** @throws HdError `HD_OPTION`, when a value is not allowed */
export function resolveOwnModel(model: Model, options: OwnModelOptions): OwnModel {
  const runtime = options.runtime ?? 'auto'
  if (!RUNTIMES.includes(runtime)) throw refuse('`runtime`', "'auto', 'native' or 'wasm'", runtime)
  const executionProviders = resolveProviders(options.executionProviders ?? [])
  if (executionProviders.length > 0 && runtime === 'wasm') {
    const remedy = "Remove `runtime: 'wasm'`, and install onnxruntime-node"
    throw new HdError('HD_OPTION', 'neural() takes `executionProviders` only with the native runtime', { remedy })
  }
  const overlap = options.overlap === undefined ? undefined : integer('overlap', options.overlap, 0, 512)
  const tile = options.tile === undefined ? undefined : integer('tile', options.tile, 48, 4096)
  const least = 2 * (overlap ?? OWN_OVERLAP) + LEAST_TILE
  if (tile !== undefined && tile < least) throw refuse('`tile`', `at least ${least} (twice the overlap, and ${LEAST_TILE})`, tile)
  return { model, runtime, executionProviders, tile, overlap }
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

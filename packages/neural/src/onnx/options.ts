import { HdError, integer, oneOf, type Options, refusedOption } from '@unplugin-hd/core'
import { LEAST_PART, leastTile } from '@unplugin-hd/core/tensor'
import type { Model } from './model.ts'
import type { ExecutionProvider, WorkerSettings } from './protocol.ts'

/** The options for your own models. */
export interface OwnModelOptions {
  /**
   * Only with your own model. `'native'`: onnxruntime-node; `'wasm'`: onnxruntime-web, several times slower; `'auto'`: native if it
   * is installed and loads, otherwise WASM. @default 'auto'
   */
  runtime?: 'auto' | 'native' | 'wasm'
  /**
   * Only with your own model: where the native runtime computes, in order of preference: names of ONNX Runtime's
   * execution providers, `'cuda'`, `'coreml'`, `'dml'`, `'webgpu'`, or objects with such a `name` and its options. Which
   * ones are available depends on the platform and on installed libraries. If a provider cannot be used, `neural()` warns and falls back to the CPU.
   * @default none: the CPU
   */
  executionProviders?: readonly ExecutionProvider[]
  /**
   * Only with your own model: the longest edge of a tile, in source pixels, 48 to 4096. More is a little faster and takes more
   * memory. @default 512; 1024 / factor for models of more than 2x
   */
  tile?: number
  /**
   * Only with your own model: context around each tile, in source pixels, 0 to 512. Seams show if it is smaller than the
   * model's receptive field. @default 32
   */
  overlap?: number
}

/** A custom model and its settings. */
export interface OwnModel {
  model: Model
  runtime: WorkerSettings['runtime']
  executionProviders: ExecutionProvider[]
  /** `undefined`: depends on the model. */
  tile: number | undefined
  /** `undefined`: depends on the model. */
  overlap: number | undefined
}

export const OWN_OPTIONS: Options<Omit<OwnModel, 'model'>> = {
  runtime: oneOf(['auto', 'native', 'wasm'], 'auto'),
  executionProviders: {
    expected: 'a list of names of execution providers, or of objects with a `name`',
    // A copy that can be sent to a worker.
    parse: (value) =>
      Array.isArray(value) && value.every(isProvider) ? (JSON.parse(JSON.stringify(value)) as ExecutionProvider[]) : undefined,
    default: [],
    show: (value) => JSON.stringify(value),
  },
  tile: integer({ min: 48, max: 4096 }),
  overlap: integer({ min: 0, max: 512 }),
}

/** @throws HdError `HD_OPTION` for values that cannot be combined */
export function checkOwnOptions(owner: string, { runtime, executionProviders, tile, overlap }: Omit<OwnModel, 'model'>): void {
  if (executionProviders.length > 0 && runtime === 'wasm') {
    const remedy = "Remove `runtime: 'wasm'`, and install onnxruntime-node"
    throw new HdError('HD_OPTION', `${owner} takes \`executionProviders\` only with the native runtime`, { remedy })
  }
  const least = leastTile(overlap)
  if (tile !== undefined && tile < least) {
    throw refusedOption(owner, 'tile', String(tile), `at least ${least} (twice the overlap, and ${LEAST_PART})`)
  }
}

function isProvider(value: unknown): boolean {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : value
  return typeof name === 'string' && name !== ''
}

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HdError, refuseUnknown } from '@unplugin-hd/core'
import { type BuiltInName, isBuiltInName } from './built-in/models.ts'
import { type Model, modelFromBytes, modelFromFile } from './onnx/model.ts'
import { OWN_KEYS, type OwnModel, type OwnModelOptions, resolveOwnModel } from './onnx/options.ts'
import { integer, refuse } from './refuse.ts'

export interface NeuralOptions extends OwnModelOptions {
  /**
   * `'fast'`: the weights of this package. `'quality'`: the same weights on eight flipped and turned views of each image, averaged:
   * a little better, and eight times the time. Or an ONNX model of your own, for RGB or for luma alone, of factor 2, of 3 or 4 (brought
   * to exactly 2x), or of 1 (it restores, and the weights of this package enlarge): a path (relative to the working directory;
   * `./fast` for a file of that name), a `file:` URL, or the file's bytes. It needs onnxruntime-node or onnxruntime-web, which you
   * install. @default 'fast'
   */
  model?: BuiltInName | (string & {}) | URL | Uint8Array
  /** Workers of the engine, or threads of the runtime, 1 to 64. They change no pixel of the built-in models. @default the cores at hand, at most 8 */
  threads?: number
}

/** What {@link NeuralOptions} amount to. */
export interface ResolvedOptions {
  /** The built-in model that enlarges; with an own model it enlarges what that restored. */
  builtIn: BuiltInName
  /** `undefined`: the built-in model does all. */
  own: OwnModel | undefined
  threads: number
}

const KEYS = ['model', 'threads', ...OWN_KEYS]
/** More threads than this gain little on most images. */
const MAX_THREADS = 8

/** The options, checked and complete. @throws HdError `HD_OPTION`, when a key is unknown or a value is not allowed */
export function resolveOptions(options: NeuralOptions = {}): ResolvedOptions {
  refuseUnknown(options, KEYS, 'neural()')
  const threads = integer('threads', options.threads ?? Math.min(availableParallelism(), MAX_THREADS), 1, 64)
  const { model = 'fast' } = options
  if (!isBuiltInName(model)) return { builtIn: 'fast', own: resolveOwnModel(resolveModel(model), options), threads }
  for (const key of OWN_KEYS) {
    if (options[key] === undefined) continue
    const remedy =
      'Remove it: the built-in models run on an engine of their own, without ONNX Runtime, which cuts images by itself'
    throw new HdError('HD_OPTION', `neural() takes \`${key}\` only together with a \`model\` of your own`, { remedy })
  }
  return { builtIn: model, own: undefined, threads }
}

function resolveModel(model: unknown): Model {
  if (model instanceof Uint8Array) return modelFromBytes(model)
  if (model instanceof URL && model.protocol === 'file:') return modelFromFile(fileURLToPath(model), fileURLToPath(model))
  if (typeof model === 'string' && model.startsWith('file:')) return modelFromFile(fileURLToPath(model), model)
  if (typeof model === 'string' && model !== '' && !/^https?:/.test(model)) return modelFromFile(resolve(model), model)
  throw refuse('`model`', "'fast', 'quality', a path, a file: URL or the bytes of an ONNX file", model)
}

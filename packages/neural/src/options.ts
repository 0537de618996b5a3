import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { availableCores, HdError, integer, type Options, readOptions } from '@unplugin-hd/core'
import { type BuiltInName, isBuiltInName } from './built-in/models.ts'
import { type Model, modelFromBytes, modelFromFile } from './onnx/model.ts'
import { checkOwnOptions, OWN_OPTIONS, type OwnModel, type OwnModelOptions } from './onnx/options.ts'

export interface NeuralOptions extends OwnModelOptions {
  /**
   * `'fast'`: the weights of this package. `'quality'`: the same weights on eight flipped and rotated views of each image, averaged:
   * slightly better, and eight times slower. Or your own ONNX model, for RGB or luma, of factor 2, of 3 or 4 (reduced to exactly
   * 2x), or of 1 (it restores, and the weights of this package enlarge): a path (relative to the working directory;
   * `./fast` for a file of that name), a `file:` URL, or the file's bytes. It needs onnxruntime-node or onnxruntime-web, which you
   * install. @default 'fast'
   */
  model?: BuiltInName | (string & {}) | URL | Uint8Array
  /** Workers of the engine, or threads of the runtime, 1 to 64. Does not change the pixels of the built-in models. @default the number of available cores, at most 8 */
  threads?: number
}

/** {@link NeuralOptions} with defaults filled in. */
export interface ResolvedOptions {
  /** The built-in model. With a custom model of factor 1, it enlarges that model's output. */
  builtIn: BuiltInName
  /** A custom model, if there is one. */
  own: OwnModel | undefined
  threads: number
}

const OWNER = 'neural()'

/** More threads gain little on most images. */
const MAX_THREADS = 8

type Given = Omit<OwnModel, 'model'> & { model: BuiltInName | Model; threads: number }

const OPTIONS: Options<Given> = {
  model: {
    expected: "'fast', 'quality', a path, a file: URL or the bytes of an ONNX file",
    parse: (value) => (isBuiltInName(value) ? value : parseModel(value)),
    default: 'fast',
  },
  threads: integer({ min: 1, max: 64, default: Math.min(availableCores(), MAX_THREADS) }),
  ...OWN_OPTIONS,
}

/** Checks and completes the options. @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed */
export function resolveOptions(options: NeuralOptions = {}): ResolvedOptions {
  const { model, threads, ...own } = readOptions(OWNER, options, OPTIONS)
  if (typeof model !== 'string') {
    checkOwnOptions(OWNER, own)
    return { builtIn: 'fast', own: { model, ...own }, threads }
  }
  const superfluous = Object.keys(own).find((key) => options[key as keyof NeuralOptions] !== undefined)
  if (superfluous === undefined) return { builtIn: model, own: undefined, threads }
  const remedy = 'Remove it: the built-in models run on an engine of their own, without ONNX Runtime'
  throw new HdError('HD_OPTION', `${OWNER} takes \`${superfluous}\` only together with a \`model\` of your own`, { remedy })
}

function parseModel(model: unknown): Model | undefined {
  if (model instanceof Uint8Array) return modelFromBytes(model)
  if (model instanceof URL && model.protocol === 'file:') return modelFromFile(fileURLToPath(model), fileURLToPath(model))
  if (typeof model === 'string' && model.startsWith('file:')) return modelFromFile(fileURLToPath(model), model)
  if (typeof model === 'string' && model !== '' && !/^https?:/.test(model)) return modelFromFile(resolve(model), model)
  return undefined
}

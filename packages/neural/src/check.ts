import { formatError, isHdError, type UpscalerCheck } from '@unplugin-hd/core'
import type { Inference } from './onnx/inference.ts'
import type { ResolvedOptions } from './options.ts'

/** Large enough for every model, small enough for no time. */
const SIDE = 16

/** Whether a runtime loads and the model runs: a grey square goes through it. */
export async function checkInference(
  inference: Inference,
  { model, threads }: ResolvedOptions,
  signal: AbortSignal,
): Promise<UpscalerCheck> {
  const facts: Record<string, string | number> = { model: model.own ? (model.file ?? 'given as bytes') : 'fast', threads }
  const data = new Uint8Array(3 * SIDE * SIDE).fill(128)
  try {
    await inference.upscale({
      pixels: async () => ({ width: SIDE, height: SIDE, data }),
      modelFile: model.file,
      signal,
      onProgress: () => undefined,
      onReady: (runtime, notes) => {
        facts['runtime'] = runtime
        if (notes.length > 0) facts['note'] = notes.join('; ')
      },
    })
  } catch (error) {
    if (!isHdError(error)) throw error
    return { ok: false, facts: { ...facts, code: error.code }, advice: formatError(error) }
  }
  if (inference.nativeMissing) facts['faster with'] = 'onnxruntime-node, which is not installed'
  return { ok: true, facts }
}

import { abortError, errorMessage, HdError } from '@unplugin-hd/core'
import { EngineError } from '@unplugin-hd/engine'

const REINSTALL = 'Reinstall @unplugin-hd/neural: its weights are damaged, or of another version than its engine'
const SMALLER = 'Give the process more memory, or lower `maxPixels` or `concurrency`'

/** Converts errors of the engine to HdErrors. Other errors, such as those of callbacks, are returned unchanged. */
export function toHdError(error: unknown, signal: AbortSignal): unknown {
  if (!(error instanceof EngineError)) return error
  const { code } = error
  if (code === 'ENGINE_ABORTED') {
    return signal.aborted ? abortError(signal) : new HdError('HD_ABORTED', 'the upscaler was closed', { cause: error })
  }
  const message = errorMessage(error)
  if (code === 'ENGINE_WEIGHTS') return new HdError('HD_MODEL', message, { remedy: REINSTALL, cause: error })
  return new HdError('HD_RUNTIME', message, { remedy: code === 'ENGINE_MEMORY' ? SMALLER : undefined, cause: error })
}

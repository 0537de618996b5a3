/** The codes of an `EngineError`, and their meaning. */
export const ENGINE_CODES = {
  ENGINE_WEIGHTS: 'the weights are damaged, hostile, or of another format or version',
  ENGINE_INPUT: 'the image or an option is invalid',
  ENGINE_MEMORY: 'there is not enough memory for the result',
  ENGINE_ABORTED: 'the signal was aborted, or the engine was closed',
  ENGINE_START: 'WebAssembly is missing or lacks SIMD, or there is not enough memory for the weights',
  ENGINE_WORKER: 'the worker that computed the image failed or ended',
} as const

export type EngineCode = keyof typeof ENGINE_CODES

/** The error that the engine throws and rejects with. `code` is stable; the message may change. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: EngineCode

  constructor(code: EngineCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export type { Engine, EngineOptions, RgbImage, UpscaleOptions } from './api.ts'
export { ENGINE_CODES, type EngineCode, EngineError } from './errors.ts'
export { type Layer, writeWeights } from './weights.ts'

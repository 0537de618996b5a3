export { HD_CODES, HdError, errorMessage, formatError, isHdError, toHdError, type HdCode, type HdErrorDetails } from './errors.ts'
export type { Logger, Memo, Pixels, UploadFormat, UpscaleContext, UpscaleInput, Upscaler, UpscalerAccepts } from './upscaler.ts'

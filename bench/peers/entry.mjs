export { default as Upscaler } from 'upscaler'
export { default as model } from '@upscalerjs/esrgan-slim/2x'

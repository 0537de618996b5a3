import { createUnplugin, type UnpluginInstance } from 'unplugin'
import { factory } from './factory.ts'
import type { HdOptions } from './options.ts'

/** The plugin for every bundler: `unpluginHd.vite(options)`, `.rollup`, `.rolldown`, `.webpack`, `.rspack`, `.esbuild`. */
export const unpluginHd: UnpluginInstance<HdOptions | undefined> = createUnplugin(factory)
export default unpluginHd

export { HdError, isHdError, resample } from '@unplugin-hd/core'
export type { Pixels, UpscaleContext, UpscaleInput, Upscaler, UpscalerAccepts } from '@unplugin-hd/core'
export { neural, type NeuralOptions } from '@unplugin-hd/neural'
export type { HdOptions } from './options.ts'

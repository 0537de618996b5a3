import { createUnplugin, type UnpluginInstance } from 'unplugin'
import { factory } from './factory.ts'
import type { HdOptions } from './options.ts'

/** The plugin for every bundler: `unpluginHd.vite(options)`, `.rollup`, `.rolldown`, `.webpack`, `.rspack`, `.esbuild`. */
export const unpluginHd: UnpluginInstance<HdOptions | undefined> = createUnplugin(factory)
export default unpluginHd

// Also by themselves, so that `require('unplugin-hd')` has them as `unpluginHd` does.
type Instance = UnpluginInstance<HdOptions | undefined>
export const vite: Instance['vite'] = unpluginHd.vite
export const rollup: Instance['rollup'] = unpluginHd.rollup
export const rolldown: Instance['rolldown'] = unpluginHd.rolldown
export const webpack: Instance['webpack'] = unpluginHd.webpack
export const rspack: Instance['rspack'] = unpluginHd.rspack
export const esbuild: Instance['esbuild'] = unpluginHd.esbuild

export { HdError, isHdError, resample } from '@unplugin-hd/core'
export type { Pixels, UpscaleContext, UpscaleInput, Upscaler, UpscalerAccepts } from '@unplugin-hd/core'
export { neural, type NeuralOptions } from '@unplugin-hd/neural'
export type { HdOptions } from './options.ts'

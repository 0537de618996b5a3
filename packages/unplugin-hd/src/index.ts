import { createUnplugin, type UnpluginInstance } from 'unplugin'
import { factory } from './factory.ts'
import type { HdOptions } from './options.ts'
import { carryingOptions } from './carried-options.ts'

type Instance = UnpluginInstance<HdOptions | undefined>

const instance = createUnplugin(factory)

// Named exports too, so that `require('unplugin-hd')` has the same properties as `unpluginHd`.
export const vite: Instance['vite'] = carryingOptions(instance.vite)
export const rollup: Instance['rollup'] = carryingOptions(instance.rollup)
export const rolldown: Instance['rolldown'] = carryingOptions(instance.rolldown)
export const webpack: Instance['webpack'] = carryingOptions(instance.webpack)
export const rspack: Instance['rspack'] = carryingOptions(instance.rspack)
export const esbuild: Instance['esbuild'] = carryingOptions(instance.esbuild)

/** The plugin for every bundler: `unpluginHd.vite(options)`, `.rollup`, `.rolldown`, `.webpack`, `.rspack`, `.esbuild`. */
export const unpluginHd: Instance = { ...instance, vite, rollup, rolldown, webpack, rspack, esbuild }
export default unpluginHd

export { HdError, isHdError, resample } from '@unplugin-hd/core'
export type { Pixels, UpscaleContext, UpscaleInput, Upscaler, UpscalerAccepts } from '@unplugin-hd/core'
export { neural, type NeuralOptions } from '@unplugin-hd/neural'
export type { HdOptions } from './options.ts'

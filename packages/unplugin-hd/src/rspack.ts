import { createRspackPlugin, type UnpluginInstance } from 'unplugin'
import { factory } from './factory.ts'
import type { HdOptions } from './options.ts'

const hd: UnpluginInstance<HdOptions | undefined>['rspack'] = createRspackPlugin(factory)
export default hd

export { neural, resample, type Upscaler } from './index.ts'
export type { HdOptions }

import { rspack as create, type Configuration } from '@rspack/core'
import hd from 'unplugin-hd/rspack'
import { createWebpackLike, type WebpackLike } from './webpack-like.ts'

export const rspack: WebpackLike = createWebpackLike('rspack', (config) => create(config as unknown as Configuration), hd)

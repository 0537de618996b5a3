import create from 'webpack'
import hd from 'unplugin-hd/webpack'
import { createWebpackLike, type WebpackLike } from './webpack-like.ts'

export const webpack: WebpackLike = createWebpackLike('webpack', (config) => create(config), hd)

import type { UnpluginFactory } from 'unplugin'
import { requireBundler, requireToldBundler } from './adapters/bundler-version.ts'
import { setupBun } from './adapters/bun/bun.ts'
import { setupEsbuild } from './adapters/esbuild/esbuild.ts'
import { rollupHooks } from './adapters/rollup/rollup.ts'
import { vitePlugins } from './adapters/vite/plugin.ts'
import { applyWebpack } from './adapters/webpack/webpack.ts'
import type { HdOptions } from './options.ts'

/** The plugin factory for every bundler. Vite needs several plugins. */
export const factory: UnpluginFactory<HdOptions | undefined> = (options = {}, { framework, versions }) => {
  // Before unplugin accesses features that are missing there.
  if (framework === 'webpack') requireToldBundler('webpack', versions.webpack)
  if (framework === 'rspack') requireToldBundler('@rspack/core', versions.rspack)
  if (framework === 'bun') requireBundler('bun', versions.bun)
  return framework === 'vite'
    ? vitePlugins(options).map(({ name, enforce, ...vite }) => ({ name, enforce, vite }))
    : {
        name: 'unplugin-hd',
        enforce: 'pre',
        rollup: rollupHooks(options),
        rolldown: rollupHooks(options),
        webpack: (compiler) => applyWebpack(compiler, options),
        rspack: (compiler) => applyWebpack(compiler, options),
        esbuild: { setup: (build) => setupEsbuild(build, options) },
        bun: { setup: (build) => setupBun(build, options) },
      }
}

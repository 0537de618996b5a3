import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { rspack as rspackCore } from '@rspack/core'
import vue from '@vitejs/plugin-vue'
import MiniCssExtractPlugin from 'mini-css-extract-plugin'
import { VueLoaderPlugin } from 'vue-loader'
import hdRolldown from 'unplugin-hd/rolldown'
import hdRollup from 'unplugin-hd/rollup'
import hdVite from 'unplugin-hd/vite'
import type { Plugin } from 'rollup'
import type { Configuration, RuleSetRule } from 'webpack'
import { BUN, buildBun } from '../e2e/support/bun.ts'
import type { Built } from '../e2e/support/bundler.ts'
import { buildEsbuild } from '../e2e/support/esbuild.ts'
import type { Project } from '../e2e/support/project.ts'
import { buildRolldown } from '../e2e/support/rolldown.ts'
import { buildRollup } from '../e2e/support/rollup.ts'
import { rspack } from '../e2e/support/rspack.ts'
import { vite7, vite8, type ViteBundler } from '../e2e/support/vite.ts'
import type { WebpackLike } from '../e2e/support/webpack-like.ts'
import { webpack } from '../e2e/support/webpack.ts'
import type { Kit } from './places.ts'

/** A bundler, set up as its users have it. */
export interface Column {
  name: string
  /** Left out: the bundler has no such place. */
  kits: readonly Kit[]
  build(project: Project, kit: Kit): Promise<Built>
}

const { resolve } = createRequire(import.meta.url)

function alias({ root }: Project): Record<string, string> {
  return { '@pics': root }
}

function viteColumn(name: string, bundler: ViteBundler): Column {
  return {
    name,
    kits: ['js', 'cjs', 'worker', 'glob', 'public', 'css', 'sass', 'less', 'html', 'vue'],
    build(project, kit) {
      const options = project.options()
      const components = { plugins: [hdVite(options), vue()], build: { rollupOptions: { external: ['vue'] } } }
      const config = kit === 'vue' ? components : {}
      return bundler.build(project, options, { entry: entryOf(kit), alias: alias(project), config })
    },
  }
}

function webpackColumn(name: string, bundler: WebpackLike, extract: typeof MiniCssExtractPlugin): Column {
  const styles = (test: RegExp, ...more: string[]): RuleSetRule => ({
    test,
    type: 'javascript/auto',
    use: [extract.loader, resolve('css-loader'), ...more],
  })
  const configs: Record<string, Configuration> = {
    css: { module: { rules: [styles(/\.css$/)] }, plugins: [new extract()] },
    sass: { module: { rules: [styles(/\.scss$/, resolve('sass-loader'))] }, plugins: [new extract()] },
    html: { module: { rules: [{ test: /\.html$/, type: 'javascript/auto', use: [resolve('html-loader')] }] } },
    vue: {
      externals: { vue: 'module vue' },
      module: {
        rules: [
          {
            test: /\.vue$/,
            type: 'javascript/auto',
            use: [{ loader: resolve('vue-loader'), options: { experimentalInlineMatchResource: name.startsWith('Rspack') } }],
          },
          styles(/\.css$/),
        ],
      },
      plugins: [new VueLoaderPlugin() as never, new extract()],
    },
  }
  return {
    name,
    kits: ['js', 'cjs', 'worker', 'css', 'sass', 'html', 'vue'],
    build: (project, kit) =>
      bundler.build(project, project.options(), { entry: entryOf(kit), alias: alias(project), config: configs[kit] ?? {} }),
  }
}

/** Rollup and Rolldown know neither CSS nor HTML: other plugins put such files into the output, as they are. */
function copying({ root }: Project, kit: Kit): CopyPlugin {
  const files = kit === 'html' ? ['index.html'] : ['style.css', 'a.module.css', 'deep/part.css']
  return {
    name: 'test-copy',
    load: (id) => (/\.(?:css|html)$/.test(id) ? { code: 'export default {}', moduleType: 'js' } : null),
    generateBundle() {
      for (const fileName of files.filter((name) => existsSync(path.join(root, name)))) {
        this.emitFile({ type: 'asset', fileName, source: readFileSync(path.join(root, fileName)) })
      }
    },
  }
}

interface CopyPlugin {
  name: string
  load(id: string): { code: string; moduleType: 'js' } | null
  generateBundle(this: { emitFile(file: { type: 'asset'; fileName: string; source: Uint8Array }): string }): void
}

const rollupColumn: Column = {
  name: 'Rollup 4',
  kits: ['js', 'cjs', 'css', 'html'],
  build(project, kit) {
    const options = project.options()
    if (kit === 'js' || kit === 'cjs') return buildRollup(project, options, { entry: entryOf(kit), alias: alias(project) })
    const plugins = [hdRollup(options) as Plugin, copying(project, kit) as unknown as Plugin]
    return buildRollup(project, options, { entry: entryOf(kit), input: { plugins } })
  },
}

const rolldownColumn: Column = {
  name: 'Rolldown 1',
  kits: ['js', 'cjs', 'css', 'html'],
  build(project, kit) {
    const options = project.options()
    if (kit === 'js' || kit === 'cjs') return buildRolldown(project, options, { entry: entryOf(kit), alias: alias(project) })
    return buildRolldown(project, options, {
      entry: entryOf(kit),
      input: { plugins: [hdRolldown(options), copying(project, kit) as never] },
    })
  },
}

const esbuildColumn: Column = {
  name: 'esbuild',
  kits: ['js', 'cjs', 'css', 'html'],
  build(project, kit) {
    const html = kit === 'html' ? { loader: { '.html': 'copy' } as const } : {}
    return buildEsbuild(project, project.options(), { entry: entryOf(kit), alias: alias(project), config: html })
  },
}

const bunColumn: Column = {
  name: 'Bun',
  kits: ['js', 'cjs', 'css', 'html'],
  build: (project, kit) => buildBun(project, project.options(), { entry: entryOf(kit), alias: alias(project) }),
}

function entryOf(kit: Kit): string {
  return kit === 'html' ? 'index.html' : kit === 'cjs' ? 'main.cjs' : 'main.js'
}

/** All that this machine can run: Bun is an optional dependency. */
export const COLUMNS: readonly Column[] = [
  viteColumn('Vite 8', vite8),
  viteColumn('Vite 7', vite7),
  webpackColumn('webpack 5', webpack, MiniCssExtractPlugin),
  webpackColumn('Rspack 2', rspack, rspackCore.CssExtractRspackPlugin as unknown as typeof MiniCssExtractPlugin),
  rollupColumn,
  rolldownColumn,
  esbuildColumn,
  ...(BUN ? [bunColumn] : []),
]

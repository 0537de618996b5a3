import path from 'node:path'
import hd, { type HdOptions } from 'unplugin-hd/vite'
import type { InlineConfig, Rollup } from 'vite'
import {
  createQueue,
  createWatcher,
  describeBuilt,
  isTiming,
  type BuildSettings,
  type Built,
  type Bundler,
  type Watcher,
} from './bundler.ts'
import type { Project } from './project.ts'

/** Changes to the configuration. */
export interface ViteSettings extends BuildSettings {
  config?: InlineConfig
}

/** The API of one major version of Vite that is used here. */
interface Vite {
  build(config: InlineConfig): Promise<unknown>
  createServer(config: InlineConfig): Promise<import('vite').ViteDevServer>
}

export interface ViteBundler extends Bundler {
  build(project: Project, options: HdOptions, settings?: ViteSettings): Promise<Built>
  watch(project: Project, options: HdOptions, settings?: ViteSettings): Promise<Watcher>
  vite(): Promise<Vite>
  config(project: Project, options: HdOptions, settings?: ViteSettings, warnings?: string[]): InlineConfig
}

function config(
  project: Project,
  options: HdOptions,
  { entry = 'main.js', alias = {}, minify, sourcemap, config: own = {} }: ViteSettings = {},
  warnings: string[] = [],
): InlineConfig {
  const warn = (message: string): void => void (isTiming(message) || warnings.push(message))
  return {
    root: project.root,
    configFile: false,
    // Makes URLs relative to the module, so that the output runs in Node.
    base: './',
    customLogger: {
      hasWarned: false,
      info: () => undefined,
      warn,
      warnOnce: warn,
      error: () => undefined,
      clearScreen: () => undefined,
      hasErrorLogged: () => false,
    },
    logLevel: 'warn',
    resolve: { alias: { ...alias } },
    plugins: [hd(options)],
    ...own,
    build: {
      assetsInlineLimit: 0,
      minify: minify ?? false,
      sourcemap: sourcemap ?? false,
      modulePreload: { polyfill: false },
      ...own.build,
      rollupOptions: {
        input: path.join(project.root, entry),
        preserveEntrySignatures: 'exports-only',
        output: { entryFileNames: '[name].js' },
        ...own.build?.rollupOptions,
      },
    },
  }
}

function createVite(name: string, vite: () => Promise<Vite>): ViteBundler {
  return {
    name,
    vite,
    config,
    async build(project, options, settings = {}) {
      const warnings: string[] = []
      const { build } = await vite()
      await build(config(project, options, settings, warnings))
      return describeBuilt(project.dist, warnings)
    },
    async watch(project, options, settings = {}) {
      const warnings: string[] = []
      const builds = createQueue<() => Promise<Built>>()
      const { build } = await vite()
      const watcher = (await build(
        config(project, options, { ...settings, config: { build: { watch: {}, emptyOutDir: true } } }, warnings),
      )) as Rollup.RollupWatcher
      watcher.on('event', (event) => {
        if (event.code === 'BUNDLE_END') {
          const own = warnings.splice(0)
          void event.result.close().then(() => builds.push(() => describeBuilt(project.dist, own)))
        }
        if (event.code === 'ERROR') builds.push(() => Promise.reject(event.error))
      })
      return createWatcher(
        async () => (await builds.next())(),
        () => watcher.close(),
      )
    },
  }
}

export const vite8: ViteBundler = createVite('vite 8', () => import('vite'))
// The versions differ only in types that are not used here.
export const vite7: ViteBundler = createVite('vite 7', () => import('vite7') as unknown as Promise<Vite>)

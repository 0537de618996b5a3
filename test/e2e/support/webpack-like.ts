import { createQueue, createWatcher, describeBuilt, type BuildSettings, type Built, type Bundler } from './bundler.ts'
import type { HdOptions } from 'unplugin-hd/webpack'
import type { Configuration } from 'webpack'
import type { Project } from './project.ts'

/** Changes to the configuration, besides the plugin. */
export interface WebpackSettings extends BuildSettings {
  config?: Configuration
}

interface Stats {
  toJson(options: { all: false; warnings: true; errors: true }): {
    warnings?: readonly { message: string }[]
    errors?: readonly { message: string }[]
  }
}

/** The part of a compiler of webpack and Rspack that is used here. */
interface Compiler {
  run(callback: (error: Error | null, stats?: Stats) => void): void
  watch(
    options: object,
    callback: (error: Error | null, stats?: Stats) => void,
  ): { close(callback: () => void): void } | undefined
  close(callback: (error?: Error | null) => void): void
}

export interface WebpackLike extends Bundler {
  build(project: Project, options: HdOptions, settings?: WebpackSettings): Promise<Built>
  /** The configuration that `build` uses. */
  config(project: Project, options: HdOptions, settings?: WebpackSettings): Configuration
  /** Builds with it: a fresh compiler each time. */
  buildConfig(project: Project, config: Configuration): Promise<Built>
}

export function createWebpackLike(
  name: string,
  create: (config: Configuration) => Compiler,
  plugin: (options: HdOptions) => unknown,
): WebpackLike {
  return {
    name,
    config: (project, options, settings = {}) => toConfig(project, plugin(options), settings),
    build: (project, options, settings = {}) => run(project, create(toConfig(project, plugin(options), settings))),
    buildConfig: (project, config) => run(project, create(config)),
    async watch(project, options) {
      const builds = createQueue<() => Promise<Built>>()
      const compiler = create(toConfig(project, plugin(options), {}))
      const watching = compiler.watch({ aggregateTimeout: 5 }, (error, stats) => {
        const built = error ? Promise.reject(error) : toBuilt(project, stats!)
        built.catch(() => undefined)
        builds.push(() => built)
      })
      return createWatcher(
        async () => (await builds.next())(),
        () =>
          new Promise((resolve, reject) => {
            watching!.close(() => compiler.close((error) => (error ? reject(error) : resolve())))
          }),
      )
    },
  }
}

async function run(project: Project, compiler: Compiler): Promise<Built> {
  try {
    return await new Promise<Built>((resolve, reject) => {
      compiler.run((error, stats) => (error ? reject(error) : resolve(toBuilt(project, stats!))))
    })
  } finally {
    await new Promise<void>((resolve, reject) => {
      compiler.close((error) => (error ? reject(error) : resolve()))
    })
  }
}

function toConfig(project: Project, plugin: unknown, settings: WebpackSettings): Configuration {
  const { entry = 'main.js', alias = {}, minify, sourcemap, development, config = {} } = settings
  return {
    mode: development ? 'development' : 'production',
    context: project.root,
    entry: `./${entry}`,
    infrastructureLogging: { level: 'error' },
    performance: false,
    ...config,
    ...(sourcemap === undefined ? {} : { devtool: 'source-map' }),
    resolve: { alias: { ...alias }, ...config.resolve },
    optimization: { minimize: minify ?? false, ...config.optimization },
    // Makes the entry run in Node and keep its exports.
    experiments: { outputModule: true, ...config.experiments },
    output: { path: project.dist, filename: '[name].js', library: { type: 'module' }, chunkFormat: 'module', ...config.output },
    plugins: [plugin as NonNullable<Configuration['plugins']>[number], ...(config.plugins ?? [])],
  }
}

async function toBuilt(project: Project, stats: Stats): Promise<Built> {
  const { warnings = [], errors = [] } = stats.toJson({ all: false, warnings: true, errors: true })
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'))
  return describeBuilt(
    project.dist,
    warnings.map(({ message }) => message),
  )
}

import type { ResolvedConfig, ViteDevServer } from 'vite'
import type { HdOptions } from '../../options.ts'
import { requireBundler, tooOld } from '../bundler-version.ts'
import { createDev, type Dev } from './server/dev.ts'
import { createProject, type Project } from './project.ts'
import { viteVersion } from './vite-version.ts'

/** One resolved configuration of Vite: a build or a dev server. */
export interface Run {
  readonly project: Project
  /** `undefined` in a build. */
  readonly dev: Dev | undefined
}

/** The parts of a hook's `this` that are used here. */
export interface HookContext {
  meta?: object
  /** Only module and output hooks have one. */
  environment?: { getTopLevelConfig(): ResolvedConfig }
}

/**
 * What the hooks of one plugin instance share. A framework may start a second compiler with copies of the plugins and drop some
 * of their hooks: React Router drops `configureServer`. So no hook relies on another one: each finds its run by the configuration
 * it is called for, and the first one begins the run.
 */
export interface Runs {
  /** Places in templates whose references were processed: `src/App.vue:12`. */
  readonly processedPlaces: Set<string>
  /** Our entries in Vite's manifests, `src/a.jpg?hd`: a framework may put a manifest into its server. */
  readonly manifestEntries: Set<string>
  /**
   * The run of a configuration.
   * @param context `this` of the hook; `configResolved` has none before Vite 7
   * @throws Error with `HD_BUNDLER` when Vite is too old, with `HD_OPTION` when the options are wrong
   */
  at(config: ResolvedConfig, context: HookContext | undefined): Run
  /** The run of a module or output hook. @throws Error as `at` does */
  of(context: HookContext | undefined): Run
  /** The run that began last, for hooks that get no configuration. @throws Error as `at` does */
  last(context: HookContext | undefined): Run
  /** Makes the dev server answer requests for images. @throws Error as `at` does */
  serve(server: ViteDevServer, context: HookContext | undefined): Run
}

export function createRuns(options: HdOptions): Runs {
  const runs = new WeakMap<ResolvedConfig, Run>()
  let last: Run | undefined

  const at = (config: ResolvedConfig, context: HookContext | undefined): Run => {
    // Workers have their own configuration, but belong to the run of the main one.
    const main = mainConfigOf(config)
    const known = runs.get(main)
    if (known) return known
    const version = viteVersion(context?.meta)
    requireBundler('vite', version)
    if (!('environments' in main)) throw tooOld('vite', version)
    const project = createProject(options, main)
    const run = { project, dev: main.command === 'serve' ? createDev(project) : undefined }
    runs.set(main, run)
    // A framework's build may start a dev server, which must not replace the build.
    if (!last || last.dev || !run.dev) last = run
    return run
  }

  return {
    processedPlaces: new Set(),
    manifestEntries: new Set(),
    at,
    of(context) {
      if (!context?.environment) throw tooOld('vite', viteVersion(context?.meta))
      return at(context.environment.getTopLevelConfig(), context)
    },
    last(context) {
      if (!last) throw tooOld('vite', viteVersion(context?.meta))
      return last
    },
    serve(server, context) {
      const run = at(server.config, context)
      run.dev?.serve(server)
      return run
    },
  }
}

/** Vite's types leave `mainConfig` out. */
function mainConfigOf(config: ResolvedConfig & { mainConfig?: ResolvedConfig | null }): ResolvedConfig {
  return config.mainConfig ?? config
}

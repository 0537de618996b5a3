import type { ResolvedConfig, ViteDevServer } from 'vite'
import type { HdOptions } from '../../options.ts'
import { requireBundler, tooOld } from '../bundler-version.ts'
import { createDev, type Dev } from './server/dev.ts'
import { createProject, type Project } from './project.ts'
import { viteVersion } from './version.ts'

/** One configuration of Vite at work: a build, or a dev server. */
export interface Run {
  readonly project: Project
  /** The plugin's part of a dev server; nothing in a build. */
  readonly dev: Dev | undefined
}

/** Of the context of a hook. */
export interface HookContext {
  meta?: object
  /** Only hooks of modules have one. */
  environment?: { getTopLevelConfig(): ResolvedConfig }
}

/**
 * What the hooks of one plugin instance share. A framework may start a second compiler with copies of the plugins, whose hooks
 * then run beside those of the first, and leave some of them out: React Router has no `configureServer` there. So a hook finds
 * its run by the configuration that it is called for, and whichever comes first begins it.
 */
export interface Runs {
  /**
   * @param context of the hook; before Vite 7 hooks of the configuration have none
   * @throws Error with `HD_BUNDLER` for a Vite that is too old, with `HD_OPTION` when the options are wrong
   */
  at(config: ResolvedConfig, context: HookContext | undefined): Run
  /** The run of a hook of modules. @throws Error as `at` does */
  of(context: HookContext | undefined): Run
  /** The run of a hook that is not told for which it is called: the last one begun. @throws Error as `at` does */
  last(context: HookContext | undefined): Run
  /** Lets the dev server answer for images. @throws Error as `at` does */
  serve(server: ViteDevServer, context: HookContext | undefined): Run
}

export function createRuns(options: HdOptions): Runs {
  const runs = new WeakMap<ResolvedConfig, Run>()
  let last: Run | undefined

  const at = (config: ResolvedConfig, context: HookContext | undefined): Run => {
    // Workers have a configuration of their own, and are built within the build.
    const main = (config as { mainConfig?: ResolvedConfig | null }).mainConfig ?? config
    const known = runs.get(main)
    if (known) return known
    const version = viteVersion(context?.meta)
    requireBundler('vite', version)
    if (!('environments' in main)) throw tooOld('vite', version)
    const project = createProject(options, main)
    const run = { project, dev: main.command === 'serve' ? createDev(project) : undefined }
    runs.set(main, run)
    // A build's own compilers for something else are dev servers.
    if (!last || last.dev || !run.dev) last = run
    return run
  }

  return {
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

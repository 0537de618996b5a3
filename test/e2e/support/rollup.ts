import path from 'node:path'
import { rollup as build, watch, type InputOptions, type OutputOptions, type Plugin } from 'rollup'
import type { HdOptions } from 'unplugin-hd/rollup'
import hd from 'unplugin-hd/rollup'
import { createQueue, createWatcher, describeBuilt, type BuildSettings, type Built, type Bundler } from './bundler.ts'
import type { Project } from './project.ts'

/** Changes to the configuration. */
export interface RollupSettings extends BuildSettings {
  input?: Partial<InputOptions>
  output?: OutputOptions
}

function toConfig(project: Project, options: HdOptions, settings: RollupSettings, warnings: string[]): InputOptions {
  const { entry = 'main.js', alias = {}, input } = settings
  return {
    input: path.join(project.root, entry),
    // As usual in projects: the resolvers come after.
    plugins: [hd(options) as Plugin, resolver(project, alias)],
    logLevel: 'warn',
    onLog: (level, { message }) => void (level === 'warn' && warnings.push(message)),
    ...input,
  }
}

function toOutput(project: Project, { minify, sourcemap, output }: RollupSettings): OutputOptions {
  return { dir: project.dist, format: 'es', sourcemap: sourcemap ?? false, compact: minify ?? false, ...output }
}

/** Rollup does not resolve aliases and packages without plugins. */
function resolver({ root }: Project, alias: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'test-resolver',
    resolveId(id) {
      const [first = '', ...rest] = id.split('/')
      if (id.startsWith('.') || path.isAbsolute(id)) return null
      return path.join(alias[first] ?? path.join(root, 'node_modules', first), ...rest)
    },
  }
}

export async function buildRollup(project: Project, options: HdOptions, settings: RollupSettings = {}): Promise<Built> {
  const warnings: string[] = []
  const bundle = await build(toConfig(project, options, settings, warnings))
  try {
    await bundle.write(toOutput(project, settings))
  } finally {
    await bundle.close()
  }
  return describeBuilt(project.dist, warnings)
}

export const rollup: Bundler = {
  name: 'rollup',
  build: buildRollup,
  async watch(project, options) {
    const warnings: string[] = []
    const builds = createQueue<() => Promise<Built>>()
    const watcher = watch({ ...toConfig(project, options, {}, warnings), output: toOutput(project, {}) })
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

import path from 'node:path'
import { rolldown as build, watch, type InputOptions, type OutputOptions } from 'rolldown'
import type { HdOptions } from 'unplugin-hd/rolldown'
import hd from 'unplugin-hd/rolldown'
import { createQueue, createWatcher, describeBuilt, isTiming, type BuildSettings, type Built, type Bundler } from './bundler.ts'
import type { Project } from './project.ts'

/** Changes to the configuration. */
export interface RolldownSettings extends BuildSettings {
  input?: Partial<InputOptions>
  output?: OutputOptions
}

function toConfig(project: Project, options: HdOptions, settings: RolldownSettings, warnings: string[]): InputOptions {
  const { entry = 'main.js', alias = {}, input } = settings
  return {
    cwd: project.root,
    input: path.join(project.root, entry),
    plugins: [hd(options)],
    resolve: { alias: { ...alias } },
    logLevel: 'warn',
    onLog: (level, { code = '', message }) => void (level === 'warn' && !isTiming(code + message) && warnings.push(message)),
    ...input,
  }
}

function toOutput(project: Project, { minify, sourcemap, output }: RolldownSettings): OutputOptions {
  return { dir: project.dist, format: 'es', sourcemap: sourcemap ?? false, minify: minify ?? false, ...output }
}

export async function buildRolldown(project: Project, options: HdOptions, settings: RolldownSettings = {}): Promise<Built> {
  const warnings: string[] = []
  const bundle = await build(toConfig(project, options, settings, warnings))
  try {
    await bundle.write(toOutput(project, settings))
  } finally {
    await bundle.close()
  }
  return describeBuilt(project.dist, warnings)
}

export const rolldown: Bundler = {
  name: 'rolldown',
  build: buildRolldown,
  async watch(project, options) {
    const warnings: string[] = []
    const builds = createQueue<() => Promise<Built>>()
    const watcher = watch({ ...toConfig(project, options, {}, warnings), output: toOutput(project, {}) })
    watcher.on('event', async (event) => {
      if (event.code === 'BUNDLE_END') {
        const own = warnings.splice(0)
        await event.result.close()
        builds.push(() => describeBuilt(project.dist, own))
      }
      if (event.code === 'ERROR') builds.push(() => Promise.reject(event.error))
    })
    return createWatcher(
      async () => (await builds.next())(),
      () => watcher.close(),
    )
  },
}

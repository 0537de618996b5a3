import { build, context, type BuildOptions, type Message } from 'esbuild'
import type { HdOptions } from 'unplugin-hd/esbuild'
import hd from 'unplugin-hd/esbuild'
import { createQueue, createWatcher, describeBuilt, type BuildSettings, type Built, type Bundler } from './bundler.ts'
import type { Project } from './project.ts'

/** Changes to the configuration. */
export interface EsbuildSettings extends BuildSettings {
  config?: BuildOptions
}

function toConfig(project: Project, options: HdOptions, settings: EsbuildSettings): BuildOptions {
  const { entry = 'main.js', alias = {}, minify, sourcemap, config } = settings
  return {
    absWorkingDir: project.root,
    entryPoints: [entry],
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    logLevel: 'silent',
    alias: { ...alias },
    minify: minify ?? false,
    sourcemap: sourcemap ?? false,
    plugins: [hd(options)],
    ...config,
  }
}

function toTexts(messages: readonly Message[]): string[] {
  return messages.map(({ text }) => text)
}

export async function buildEsbuild(project: Project, options: HdOptions, settings: EsbuildSettings = {}): Promise<Built> {
  const { warnings } = await build(toConfig(project, options, settings))
  return describeBuilt(project.dist, toTexts(warnings))
}

export const esbuild: Bundler = {
  name: 'esbuild',
  build: buildEsbuild,
  async watch(project, options) {
    const builds = createQueue<() => Promise<Built>>()
    const config = toConfig(project, options, {})
    const ends = {
      name: 'test-ends',
      setup: ({ onEnd }: { onEnd: (callback: (result: { errors: Message[]; warnings: Message[] }) => void) => void }) =>
        onEnd(({ errors, warnings }) => {
          const texts = toTexts(warnings)
          builds.push(() =>
            errors.length > 0 ? Promise.reject(new Error(toTexts(errors).join('\n'))) : describeBuilt(project.dist, texts),
          )
        }),
    }
    const watcher = await context({ ...config, plugins: [...config.plugins!, ends] })
    await watcher.watch()
    return createWatcher(
      async () => (await builds.next())(),
      () => watcher.dispose(),
    )
  },
}

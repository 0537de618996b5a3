import { createRsbuild, type RsbuildConfig } from '@rsbuild/core'
import hd, { type HdOptions } from 'unplugin-hd/rspack'
import { describeBuilt, type Built, type BuildSettings, type Bundler } from './bundler.ts'
import type { Project } from './project.ts'

/** The documented setup, with an entry that Node can run and that keeps its exports. */
function toConfig(project: Project, options: HdOptions, settings: BuildSettings = {}): RsbuildConfig {
  const { entry = 'main.js', alias = {}, minify = false, sourcemap, development } = settings
  return {
    root: project.root,
    mode: development ? 'development' : 'production',
    logLevel: 'silent',
    source: { entry: { main: `./${entry}` } },
    resolve: { alias: { ...alias } },
    splitChunks: false,
    output: {
      distPath: { root: project.dist, js: '' },
      filename: { js: '[name].js' },
      minify,
      sourceMap: { js: sourcemap ? 'source-map' : false },
    },
    tools: {
      htmlPlugin: false,
      rspack: {
        plugins: [hd(options)],
        output: { module: true, library: { type: 'module' }, chunkFormat: 'module' },
        optimization: { runtimeChunk: false },
      },
    },
  }
}

export async function buildRsbuild(project: Project, options: HdOptions, settings: BuildSettings = {}): Promise<Built> {
  const rsbuild = await createRsbuild({ cwd: project.root, config: toConfig(project, options, settings) })
  const messages = { warnings: [] as string[], errors: [] as string[] }
  rsbuild.onAfterBuild(({ stats }) => {
    const { warnings = [], errors = [] } = stats?.toJson({ all: false, warnings: true, errors: true }) ?? {}
    messages.warnings.push(...warnings.map(({ message }) => message))
    messages.errors.push(...errors.map(({ message }) => message))
  })
  try {
    const { close } = await rsbuild.build()
    await close()
  } catch (error) {
    throw messages.errors.length > 0 ? new Error(messages.errors.join('\n')) : error
  }
  return describeBuilt(project.dist, messages.warnings)
}

export const rsbuild: Bundler = { name: 'rsbuild', build: buildRsbuild }

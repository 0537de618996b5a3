import type { HdOptions } from '../../options.ts'
import type { Compiler } from '../webpack/compiler.ts'
import { applyWebpack } from '../webpack/webpack.ts'

/** What Next.js tells of a compiler. It runs one for browsers, one for Node and one for the edge. */
export interface NextCompilerContext {
  isServer: boolean
  dev: boolean
  nextRuntime?: string
}

/** The plugin for one of the compilers of Next.js. */
export function nextPlugin(
  options: HdOptions,
  { isServer, dev, nextRuntime }: NextCompilerContext,
): { apply(compiler: Compiler): void } {
  // Servers write below `.next/server` (in a build of the Node server `.next/server/chunks`), but images are served from `.next/static`.
  const outputPath = !isServer ? '' : dev || nextRuntime === 'edge' ? '../' : '../../'
  return { apply: (compiler) => applyWebpack(compiler, options, { givesImages: true, outputPath }) }
}

import type { HdOptions } from '../../options.ts'
import type { Compiler } from '../webpack/compiler.ts'
import { applyWebpack } from '../webpack/webpack.ts'

/** What Next.js tells of a compiler. It runs one for browsers, one for Node and one for the edge. */
export interface NextCompilerContext {
  isServer: boolean
  dev: boolean
  nextRuntime?: string
}

/** The loader after Sass in Next.js. It drops the query of every `url()`, unless it is told otherwise. */
const RESOLVE_URL_RE = /[\\/]resolve-url-loader[\\/]/

/** Makes the loaders after Sass keep queries, wherever they are in the rules. */
export function keepQueries(rules: unknown): void {
  if (Array.isArray(rules)) return rules.forEach(keepQueries)
  if (typeof rules !== 'object' || rules === null) return
  const rule = rules as { loader?: unknown; options?: object; oneOf?: unknown; use?: unknown }
  if (typeof rule.loader === 'string' && RESOLVE_URL_RE.test(rule.loader)) rule.options = { ...rule.options, keepQuery: true }
  for (const inner of [rule.oneOf, rule.use]) keepQueries(inner)
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

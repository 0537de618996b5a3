import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { HdError } from '@unplugin-hd/core'
import { resolveHdOptions, type HdOptions } from '../../options.ts'
import { carryOptions } from '../../carried-options.ts'
import { toBundlerError } from '../../session/bundler-error.ts'
import { optionsKey } from '../../session/options-key.ts'
import { requireJson } from './loader-options.ts'
import { readOptionsModule } from './options-module.ts'
import { turbopackRules } from './turbopack.ts'
import { keepQueries, nextPlugin, type NextCompilerContext } from './webpack.ts'

/** Built as a file of its own beside the entries, whichever of them this code is bundled into. */
const LOADER = new URL('./next-loader.mjs', import.meta.url)

/** The parts of a configuration of Next.js used here, so that the declarations do not need Next.js. */
interface NextConfig {
  webpack?: ((config: any, context: any) => any) | null
  turbopack?: { rules?: Readonly<Record<string, unknown>> }
}

interface WebpackConfig {
  plugins: unknown[]
  module?: { rules?: unknown }
}

/** Returns a configuration of Next.js with `?hd`: an object for an object, a function for a function. */
export type WithHd = <Config extends object = object>(nextConfig?: Config, options?: HdOptions | string | URL) => Config

export const withHd: WithHd = <Config extends object>(
  nextConfig: Config = {} as Config,
  given: HdOptions | string | URL = {},
): Config => {
  // Next.js prints the stack of an error in the configuration.
  try {
    const file = given instanceof URL ? fileURLToPath(given) : typeof given === 'string' ? path.resolve(given) : undefined
    const options = file === undefined ? (given as HdOptions) : readOptionsModule(file)
    const turbopack = process.env['TURBOPACK'] ? turbopackRulesOf(options, file) : undefined
    const configure = (config: NextConfig): NextConfig => configured(config, options, turbopack)
    if (typeof nextConfig !== 'function') return configure(nextConfig) as Config
    const call = nextConfig as object as (...parameters: unknown[]) => NextConfig | Promise<NextConfig>
    const called: object = async (...parameters: unknown[]) => configure(await call(...parameters))
    return called as Config
  } catch (error) {
    throw toBundlerError(error)
  }
}

function configured(config: NextConfig, options: HdOptions, turbopack: object[] | undefined): NextConfig {
  const { webpack } = config
  const own: NextConfig = {
    ...config,
    webpack(original: WebpackConfig, context: NextCompilerContext) {
      const result = (webpack?.(original, context) ?? original) as typeof original
      result.plugins.push(nextPlugin(options, context))
      keepQueries(result.module?.rules)
      return result
    },
    // Next.js 15 does not take such rules, and warns of them where webpack is at work.
    ...(turbopack && { turbopack: withRules(config.turbopack, turbopack) }),
  }
  return carryOptions(own, options)
}

function withRules(turbopack: NextConfig['turbopack'], rules: readonly object[]): NextConfig['turbopack'] {
  const others = [turbopack?.rules?.['*'] ?? []].flat()
  return { ...turbopack, rules: { ...turbopack?.rules, '*': [...others, ...rules] } }
}

function turbopackRulesOf(options: HdOptions, file: string | undefined): object[] {
  requireTurbopack(nextVersion())
  if (file === undefined) requireJson(options)
  const key = optionsKey(resolveHdOptions(options, process.cwd()))
  return turbopackRules(fileURLToPath(LOADER), { options: file ?? options, dev: process.env['NODE_ENV'] === 'development', key })
}

/** The version of Next.js in the project; `undefined` where it is not found. */
function nextVersion(): string | undefined {
  try {
    const file = createRequire(path.resolve('package.json')).resolve('next/package.json')
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  } catch {
    return undefined
  }
}

/** Conditions for queries came with 16.2. @throws HdError `HD_BUNDLER` */
export function requireTurbopack(version: string | undefined): void {
  const [major = 0, minor = 0] = (version ?? '16.2').split('.').map(Number)
  if (major > 16 || (major === 16 && minor >= 2)) return
  throw new HdError('HD_BUNDLER', `Turbopack in Next.js ${version} has no rules for queries`, {
    remedy: 'Use Next.js 16.2 or later, or build with webpack',
  })
}

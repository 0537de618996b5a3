import { HdError } from '@unplugin-hd/core'
import { toBundlerError } from '../session/bundler-error.ts'

/** The bundlers and the versions of them that are supported: `peerDependencies` in `package.json` say the same of those that are packages. */
export const BUNDLER_VERSIONS = {
  vite: { name: 'Vite', range: '^6.3.0 || ^7.0.0 || ^8.0.0' },
  rollup: { name: 'Rollup', range: '^4.0.0' },
  rolldown: { name: 'Rolldown', range: '^1.0.0' },
  webpack: { name: 'webpack', range: '^5.0.0' },
  '@rspack/core': { name: 'Rspack', range: '^2.0.0' },
  esbuild: { name: 'esbuild', range: '>=0.20.0' },
  bun: { name: 'Bun', range: '>=1.4.0' },
} as const

export type BundlerName = keyof typeof BUNDLER_VERSIONS

/**
 * Refuses a bundler that is too old, before something else fails that says less. Newer ones than the range are let through.
 * @param found `6.4.1`; `undefined` if the bundler does not report it
 * @throws Error with `HD_BUNDLER`
 */
export function requireBundler(bundler: BundlerName, found: string | undefined): void {
  if (found !== undefined && isOlder(found, lowest(bundler))) throw tooOld(bundler, found)
}

/** The same for a bundler whose supported versions all report their version. */
export function requireToldBundler(bundler: BundlerName, found: string | undefined): void {
  if (found === undefined) throw tooOld(bundler, found)
  requireBundler(bundler, found)
}

/** The error for a bundler that lacks what every supported version has. @param found as of {@link requireBundler} */
export function tooOld(bundler: BundlerName, found: string | undefined): Error {
  const { name, range } = BUNDLER_VERSIONS[bundler]
  const error = new HdError(
    'HD_BUNDLER',
    `unplugin-hd needs ${name} ${lowest(bundler)} or later (${range}), found is ${found ?? 'an older one'}`,
    { remedy: `Update ${name}, or the framework that brings it` },
  )
  return toBundlerError(error) as Error
}

/** The error for a hook that was not called, without which a result would be wrong. @param hook `'transform' of 'unplugin-hd'` */
export function hookLeftOut(hook: string): Error {
  const error = new HdError('HD_BUNDLER', `the hook ${hook} was not called`, {
    remedy: 'Whoever copies plugins, a framework or another plugin, has to keep it',
  })
  return toBundlerError(error) as Error
}

/** The lowest version of a range. */
function lowest(bundler: BundlerName): string {
  return /\d+\.\d+\.\d+/.exec(BUNDLER_VERSIONS[bundler].range)![0]
}

/** Prereleases count as the release. */
function isOlder(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => text.split(/[-+]/, 1)[0]!.split('.').map(Number))
  for (const [index, number] of other!.entries()) {
    const difference = (one![index] ?? 0) - number
    if (difference !== 0) return difference < 0
  }
  return false
}

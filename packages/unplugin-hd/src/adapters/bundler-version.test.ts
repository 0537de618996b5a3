import { describe, expect, test } from 'vitest'
import { BUNDLER_VERSIONS, requireBundler, requireToldBundler, type BundlerName } from './bundler-version.ts'

const TOO_OLD = expect.objectContaining({ code: 'HD_BUNDLER' })

describe('a bundler', () => {
  test.each<[BundlerName, string]>([
    ['vite', '5.4.21'],
    ['vite', '6.2.9'],
    ['rollup', '3.30.0'],
    ['rolldown', '0.15.1'],
    ['webpack', '4.47.0'],
    ['@rspack/core', '1.7.6'],
    ['esbuild', '0.19.12'],
  ])('%s %s is refused with the required and the found version', (bundler, found) => {
    const { name, range } = BUNDLER_VERSIONS[bundler]
    expect(() => requireBundler(bundler, found)).toThrow(TOO_OLD)
    expect(() => requireBundler(bundler, found)).toThrow(`unplugin-hd needs ${name} `)
    expect(() => requireBundler(bundler, found)).toThrow(range)
    expect(() => requireBundler(bundler, found)).toThrow(`found is ${found}`)
  })

  test.each<[BundlerName, string | undefined]>([
    ['vite', '6.3.0'],
    ['vite', '6.10.1'],
    ['vite', '9.0.0-beta.1'],
    ['rollup', '4.0.0'],
    ['rolldown', '1.0.0-rc.17'],
    ['webpack', '5.0.0'],
    ['@rspack/core', '2.0.0-beta.3'],
    ['esbuild', '0.20.0'],
    ['vite', undefined],
  ])('%s %s is accepted', (bundler, found) => {
    expect(() => requireBundler(bundler, found)).not.toThrow()
  })

  test('that reports no version is refused if all supported ones report it', () => {
    expect(() => requireToldBundler('webpack', undefined)).toThrow(/webpack 5\.0\.0 or later .* found is an older one/)
  })
})

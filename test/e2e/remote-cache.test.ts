import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { HdOptions } from 'unplugin-hd/rollup'
import { objectServer, serve } from '../../packages/remote-cache/src/testing/object-server.ts'
import { esbuild } from './support/esbuild.ts'
import { jpeg } from './support/images.ts'
import { createProject, listFiles, type Project } from './support/project.ts'
import { rollup } from './support/rollup.ts'
import { doubling } from './support/upscaler.ts'
import { vite8 } from './support/vite.ts'
import { webpack } from './support/webpack.ts'

// These tests may themselves run in CI.
beforeEach(() => void vi.stubEnv('UNPLUGIN_HD_REMOTE', 'rw'))
afterEach(() => void vi.unstubAllEnvs())

/** A clone of one project, which shares nothing but the remote cache with others. */
async function clone(remote: NonNullable<HdOptions['cache']>['remote'], more: HdOptions = {}) {
  const project = await createProject({
    'main.js': `export { default as a } from './a.jpg?hd'\nexport { default as b } from './b.jpg?hd&format=webp'`,
    'b.jpg': await jpeg(2),
  })
  const upscaler = doubling()
  const base = project.options({ upscaler, ...more })
  return { project, upscaler, options: { ...base, cache: { ...base.cache, ...(remote !== undefined && { remote }) } } }
}

/** The emitted images by name. */
async function images({ dist }: Project): Promise<Record<string, string>> {
  const names = (await listFiles(dist)).filter((name) => /\.(?:jpg|webp)$/.test(name))
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await readFile(`${dist}/${name}`)).toString('base64')])),
  ) as Record<string, string>
}

describe.each([vite8, rollup, webpack, esbuild])('a remote cache with $name', (bundler) => {
  test('gives a second clone the same files without upscaling, and is not asked for what is there', async () => {
    const server = await objectServer()
    const first = await clone(server.url)
    await bundler.build(first.project, first.options)
    expect(first.upscaler.calls).toBe(2)
    const second = await clone(server.url, { mode: 'cache-only' })
    const built = await bundler.build(second.project, second.options)
    expect(second.upscaler.calls).toBe(0)
    expect(built.warnings).toEqual([])
    expect(Object.keys(await images(second.project))).toHaveLength(2)
    expect(await images(second.project)).toEqual(await images(first.project))

    const asked = server.requests.length
    await bundler.build(second.project, second.options)
    expect(server.requests).toHaveLength(asked)
  })

  test('that does not answer costs one warning, and the build ends as without it', async () => {
    const url = await serve(() => undefined)
    const { project, options, upscaler } = await clone({ url, timeoutMs: 300 })
    const { warnings } = await bundler.build(project, options)
    expect(upscaler.calls).toBe(2)
    expect(warnings).toEqual([expect.stringMatching(/the remote cache http.*no complete answer within 300 ms.*HD_REMOTE/)])
    const without = await clone(undefined)
    await bundler.build(without.project, without.options)
    expect(await images(project)).toEqual(await images(without.project))
  })
})

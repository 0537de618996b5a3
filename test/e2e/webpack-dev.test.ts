import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { rspack as createRspack, type Configuration as RspackConfiguration } from '@rspack/core'
import { RspackDevServer } from '@rspack/dev-server'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { HdOptions } from 'unplugin-hd/webpack'
import webpackCreate, { type Compiler, type Configuration } from 'webpack'
import WebpackDevServer from 'webpack-dev-server'
import { HEIGHT, jpeg, WIDTH } from './support/images.ts'
import { createProject, type Project } from './support/project.ts'
import { rspack } from './support/rspack.ts'
import { doubling } from './support/upscaler.ts'
import type { WebpackLike } from './support/webpack-like.ts'
import { webpack } from './support/webpack.ts'

interface DevServer {
  server?: Server | undefined
  start(): Promise<void>
  stop(): Promise<void>
}

interface Kind {
  name: string
  bundler: WebpackLike
  serve(config: Configuration): DevServer
}

const OPTIONS = { host: '127.0.0.1', port: 0, hot: true, static: false, devMiddleware: { stats: 'none' } } as const

const KINDS: Kind[] = [
  {
    name: 'webpack-dev-server',
    bundler: webpack,
    serve: (config) => new WebpackDevServer(OPTIONS, webpackCreate(config) as Compiler) as unknown as DevServer,
  },
  {
    name: '@rspack/dev-server',
    bundler: rspack,
    serve: (config) => new RspackDevServer(OPTIONS, createRspack(config as RspackConfiguration)) as unknown as DevServer,
  },
]

/** A running server, whose classic scripts can be run as in a browser. */
async function start({ bundler, serve }: Kind, project: Project, options: HdOptions = {}): Promise<string> {
  const { experiments: _, output, ...config } = bundler.config(project, project.options(options), { development: true })
  const { path: folder, filename } = output!
  const server = serve({
    ...config,
    output: { path: folder!, filename: filename!, publicPath: '/' },
    infrastructureLogging: { level: 'none' },
  })
  await server.start()
  onTestFinished(() => server.stop())
  return `http://127.0.0.1:${(server.server!.address() as AddressInfo).port}`
}

/** The URLs of 2x images in the served script. */
async function addresses(origin: string): Promise<string[]> {
  const script = await (await fetch(`${origin}/main.js`)).text()
  return [...new Set(script.match(/[\da-f]{16,20}\.jpg/g))]
}

describe.each(KINDS)('$name', (kind) => {
  test('serves the 2x of an import from memory, and another one when the image changes', async () => {
    const project = await createProject({ 'main.js': `import url from './a.jpg?hd'\nconsole.log(url)` })
    const origin = await start(kind, project)
    const [first] = await addresses(origin)
    const image = Buffer.from(await (await fetch(`${origin}/${first}`)).arrayBuffer())
    expect(await sharp(image).metadata()).toMatchObject({ width: 2 * WIDTH, height: 2 * HEIGHT, format: 'jpeg' })

    await project.write('a.jpg', await jpeg(60))
    const current = async (): Promise<string[]> => {
      // The watcher may have started after the change.
      await project.touch('a.jpg')
      return addresses(origin)
    }
    await expect.poll(current, { timeout: 50_000, interval: 1000 }).not.toContain(first)
    const [second] = await addresses(origin)
    expect((await fetch(`${origin}/${second}`)).headers.get('content-type')).toBe('image/jpeg')
  })

  test("calls a metered upscaler only with dev: 'full'", async () => {
    const project = await createProject({ 'main.js': `import meta from './a.jpg?hd&as=meta'\nconsole.log(meta)` })
    const metered = Object.assign(doubling(), { metered: true })
    const script = async (options: HdOptions): Promise<string> => {
      const origin = await start(kind, project, { upscaler: metered, ...options })
      return (await fetch(`${origin}/main.js`)).text()
    }
    expect(await script({})).toMatch(/upscaler\W+resample/)
    expect(metered.calls).toBe(0)
    expect(await script({ dev: 'full' })).toMatch(/upscaler\W+doubling/)
    expect(metered.calls).toBe(1)
  })
})

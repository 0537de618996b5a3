import { onTestFinished, describe, expect, test } from 'vitest'
import sharp from 'sharp'
import type { ViteDevServer } from 'vite'
import { HEIGHT, jpeg, WIDTH } from './support/pictures.ts'
import { createProject, type Project } from './support/project.ts'
import { doubling } from './support/upscaler.ts'
import { vite7, vite8, type ViteBundler } from './support/vite.ts'

async function serve(
  bundler: ViteBundler,
  project: Project,
  options = project.options(),
  base = '/',
): Promise<{ server: ViteDevServer; origin: string }> {
  const { createServer } = await bundler.vite()
  const config = bundler.config(project, options, { config: { base, server: { port: 0, host: '127.0.0.1' } } })
  const server = await createServer(config)
  onTestFinished(() => server.close())
  await server.listen()
  return { server, origin: new URL(server.resolvedUrls!.local[0]!).origin }
}

/** The default export of a module as a browser would get it. */
async function importFrom(server: ViteDevServer, url: string): Promise<any> {
  return (await server.ssrLoadModule(url))['default']
}

for (const bundler of [vite8, vite7]) {
  describe(`${bundler.name}: the dev server`, () => {
    test('shows the 2x picture, and answers its address with the right headers', async () => {
      const project = await createProject()
      const { server, origin } = await serve(bundler, project)
      const url = await importFrom(server, '/a.jpg?hd')
      expect(url).toMatch(/^\/@hd\/[0-9a-f]{64}\/a%402x\.jpg$/)

      const response = await fetch(origin + url)
      const bytes = Buffer.from(await response.arrayBuffer())
      expect(await sharp(bytes).metadata()).toMatchObject({ width: 2 * WIDTH, height: 2 * HEIGHT, format: 'jpeg' })
      expect(response.headers.get('content-type')).toBe('image/jpeg')
      expect(response.headers.get('cache-control')).toContain('immutable')

      const head = await fetch(origin + url, { method: 'HEAD' })
      expect(head.headers.get('content-length')).toBe(String(bytes.length))
      expect(await head.text()).toBe('')
      const again = await fetch(origin + url, { headers: { 'if-none-match': response.headers.get('etag')! } })
      expect(again.status).toBe(304)
    })

    test('keeps the base before the address, and gives shapes their 1x from Vite', async () => {
      const project = await createProject()
      const { server, origin } = await serve(bundler, project, project.options(), '/sub/')
      const img = await importFrom(server, '/a.jpg?hd&as=img')
      expect(img).toMatchObject({ width: WIDTH, height: HEIGHT, src: '/sub/a.jpg' })
      const [one, two] = img.srcset.split(', ').map((entry: string) => entry.split(' ')[0])
      expect(await (await fetch(origin + one)).arrayBuffer()).toEqual(bufferOf(await project.read('a.jpg')))
      expect((await fetch(origin + two)).headers.get('content-type')).toBe('image/jpeg')
    })

    test('answers an address of an earlier run from the cache, and an unknown one with 404', async () => {
      const project = await createProject()
      const upscaler = doubling()
      const first = await serve(bundler, project, project.options({ upscaler }))
      const url = await importFrom(first.server, '/a.jpg?hd')
      await first.server.close()
      const { origin } = await serve(bundler, project, project.options({ upscaler }))
      expect((await fetch(origin + url)).status).toBe(200)
      expect(upscaler.calls).toBe(1)
      const headers = { accept: 'image/*' }
      expect((await fetch(`${origin}/@hd/${'0'.repeat(64)}/a%402x.jpg`, { headers })).status).toBe(404)
      expect((await fetch(`${origin}/@hd/${encodeURIComponent('../../package.json')}/a.jpg`, { headers })).status).toBe(404)
    })

    test('gives a changed picture another address', async () => {
      const project = await createProject()
      const { server } = await serve(bundler, project)
      const before = await importFrom(server, '/a.jpg?hd')
      await project.write('a.jpg', await jpeg(60))
      await expect.poll(() => importFrom(server, '/a.jpg?hd'), { timeout: 50_000 }).not.toBe(before)
    })

    test('never calls a metered upscaler', async () => {
      const project = await createProject()
      const upscaler = Object.assign(doubling(), { metered: true })
      const { server } = await serve(bundler, project, project.options({ upscaler }))
      expect((await importFrom(server, '/a.jpg?hd&as=meta')).upscaler).toBe('resample')
      expect(upscaler.calls).toBe(0)
    })

    test('reports a broken picture as an error that names it', async () => {
      const project = await createProject({ 'bad.jpg': 'no picture' })
      const { server } = await serve(bundler, project)
      await expect(importFrom(server, '/bad.jpg?hd')).rejects.toThrow(/bad\.jpg: .*\(HD_SOURCE_FORMAT\)/)
    })
  })
}

function bufferOf(bytes: Buffer): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
}

import { symlink } from 'node:fs/promises'
import { request } from 'node:http'
import path from 'node:path'
import { onTestFinished, describe, expect, test } from 'vitest'
import sharp from 'sharp'
import hd from 'unplugin-hd/vite'
import type { ServerOptions, ViteDevServer } from 'vite'
import { gated } from './support/gated.ts'
import { HEIGHT, jpeg, WIDTH } from './support/images.ts'
import { createProject, type Project } from './support/project.ts'
import { doubling, failing } from './support/upscaler.ts'
import { vite7, vite8, type ViteBundler } from './support/vite.ts'

async function serve(
  bundler: ViteBundler,
  project: Project,
  options = project.options(),
  base = '/',
  own: ServerOptions = {},
  warnings: string[] = [],
): Promise<{ server: ViteDevServer; origin: string }> {
  const { createServer } = await bundler.vite()
  const config = bundler.config(project, options, { config: { base, server: { port: 0, host: '127.0.0.1', ...own } } }, warnings)
  const server = await createServer(config)
  onTestFinished(() => server.close())
  await server.listen()
  return { server, origin: new URL(server.resolvedUrls!.local[0]!).origin }
}

/** The default export of a module, as a browser gets it. */
async function importFrom(server: ViteDevServer, url: string): Promise<any> {
  return (await server.ssrLoadModule(url))['default']
}

/** The timeout for background work. */
const WAIT = { timeout: 50_000 }

/** Fetches until the real image is available. */
async function fetchReal(address: string): Promise<Response> {
  let response = await fetch(address)
  await expect.poll(async () => (response = await fetch(address)).headers.get('etag'), WAIT).not.toBeNull()
  return response
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer())
}

async function sizeOf(response: Response): Promise<{ width: number; height: number; format: string }> {
  const { width, height, format } = await sharp(await bytesOf(response)).metadata()
  return { width, height, format }
}

/** Requests the exact path, which `fetch` would normalise. */
function statusOf(origin: string, target: string): Promise<number | undefined> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: target }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })
}

const TWICE = { width: 2 * WIDTH, height: 2 * HEIGHT }

for (const bundler of [vite8, vite7]) {
  describe(`${bundler.name}: the dev server`, () => {
    test('serves a preview at once and the real image when it is made, with the right headers', async () => {
      const project = await createProject()
      const upscaler = gated()
      const { server, origin } = await serve(bundler, project, project.options({ upscaler }))
      const url = await importFrom(server, '/a.jpg?hd')
      expect(url).toMatch(/^\/a\.jpg\?hd&v=[0-9a-f]{12}$/)
      // Server and browser agree, so that a rendered page can be hydrated.
      expect((await server.transformRequest('/a.jpg?hd'))!.code).toContain(JSON.stringify(url))
      expect(upscaler.calls).toBe(0)

      const preview = await fetch(origin + url)
      expect(preview.headers.get('cache-control')).toBe('no-store')
      expect(preview.headers.get('etag')).toBeNull()
      expect(await sizeOf(preview)).toEqual({ ...TWICE, format: 'jpeg' })

      upscaler.open()
      const response = await fetchReal(origin + url)
      const bytes = await bytesOf(response)
      expect(await sharp(bytes).metadata()).toMatchObject({ ...TWICE, format: 'jpeg' })
      expect(response.headers.get('content-type')).toBe('image/jpeg')
      expect(response.headers.get('cache-control')).toContain('immutable')
      const etag = response.headers.get('etag')!

      const head = await fetch(origin + url, { method: 'HEAD' })
      expect(head.headers.get('content-length')).toBe(String(bytes.length))
      expect(await head.text()).toBe('')
      const again = await fetch(origin + url, { headers: { 'if-none-match': `"other", W/${etag}` } })
      expect(again.status).toBe(304)

      const part = await fetch(origin + url, { headers: { range: 'bytes=10-19', 'if-range': etag } })
      expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`])
      expect(await bytesOf(part)).toEqual(bytes.slice(10, 20))
      const beyond = await fetch(origin + url, { headers: { range: `bytes=${bytes.length}-` } })
      expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`])
      expect((await fetch(origin + url, { headers: { range: 'bytes=0-1', 'if-range': '"other"' } })).status).toBe(200)
      expect(upscaler.calls).toBe(1)
    })

    test('serves an address without a version, with revalidation', async () => {
      const project = await createProject({ 'sub/b.jpg': await jpeg(30) })
      const { origin } = await serve(bundler, project, project.options(), '/base/')
      const response = await fetchReal(`${origin}/base/sub/b.jpg?hd&format=webp`)
      expect(response.headers.get('cache-control')).toBe('no-cache')
      expect(await sizeOf(response)).toEqual({ ...TWICE, format: 'webp' })
    })

    test('serves a width exactly, from the source and from the enlarged image', async () => {
      const project = await createProject({ 'main.js': `export { default } from './a.jpg?hd&as=img&w=10;40'` })
      const { server, origin } = await serve(bundler, project)
      const { srcset } = (await importFrom(server, '/main.js')) as { srcset: string }
      const addresses = srcset.split(', ').map((candidate) => candidate.split(' '))
      expect(addresses.map(([, descriptor]) => descriptor)).toEqual(['10w', '40w'])
      expect(await sizeOf(await fetchReal(origin + addresses[0]![0]!))).toEqual({ width: 10, height: 7, format: 'jpeg' })
      expect(await sizeOf(await fetchReal(origin + addresses[1]![0]!))).toEqual({ width: 40, height: 27, format: 'jpeg' })
    })

    test('limits the encodings of an image, whatever a page requests', async () => {
      const project = await createProject()
      const warnings: string[] = []
      const { origin } = await serve(bundler, project, project.options(), '/', {}, warnings)
      const ask = (quality: number): Promise<Response> => fetch(`${origin}/a.jpg?hd&quality=${quality}`)
      const qualities = Array.from({ length: 70 }, (_, index) => index + 1)
      for (const quality of qualities) expect((await ask(quality)).status).toBe(200)
      for (const quality of qualities.slice(0, 64)) await fetchReal(`${origin}/a.jpg?hd&quality=${quality}`)
      for (const quality of qualities.slice(64)) {
        const response = await ask(quality)
        expect(response.headers.get('etag')).toBeNull()
        expect(await sizeOf(response)).toEqual({ ...TWICE, format: 'jpeg' })
      }
      const told = warnings.filter((text) => text.includes('encodings'))
      expect(told).toHaveLength(1)
      expect(told[0]).toMatch(/a\.jpg: more than 64 encodings/)
    })

    test('makes the latest request first, without blocking other requests', async () => {
      const names = ['b.jpg', 'c.jpg', 'd.jpg']
      const project = await createProject()
      for (const [index, name] of names.entries()) await project.write(name, await jpeg(20 * index + 20))
      const upscaler = gated()
      const { origin } = await serve(bundler, project, project.options({ upscaler, concurrency: 1 }))
      for (const name of ['a.jpg', ...names]) {
        expect(await sizeOf(await fetch(`${origin}/${name}?hd`))).toEqual({ ...TWICE, format: 'jpeg' })
        // The first one is in progress when the others arrive.
        if (name === 'a.jpg') await expect.poll(() => upscaler.calls, WAIT).toBe(1)
      }
      expect((await fetch(`${origin}/@vite/client`)).status).toBe(200)
      expect(upscaler.calls).toBe(1)
      upscaler.open()
      for (const name of names) await fetchReal(`${origin}/${name}?hd`)
      expect(upscaler.files[0]).toBe('a.jpg')
      expect(upscaler.files).toHaveLength(4)
    })

    test.for(['/sub/', '/foo bar/'])('keeps the base %s in addresses, and shapes have their 1x', async (base) => {
      const project = await createProject()
      const { server, origin } = await serve(bundler, project, project.options(), base)
      const img = await importFrom(server, '/a.jpg?hd&as=img')
      expect(img).toMatchObject({ width: WIDTH, height: HEIGHT, src: `${encodeURI(base)}a.jpg` })
      const [one, two] = img.srcset.split(', ').map((entry: string) => entry.split(' ')[0])
      expect(await bytesOf(await fetch(origin + one))).toEqual(new Uint8Array(await project.read('a.jpg')))
      expect(await sizeOf(await fetch(origin + two))).toMatchObject(TWICE)

      const { sources } = await importFrom(server, '/a.jpg?hd&as=picture&format=webp')
      const [webp, webp2] = sources[0].srcset.split(', ').map((entry: string) => entry.split(' ')[0])
      expect(await sizeOf(await fetchReal(origin + webp))).toEqual({ width: WIDTH, height: HEIGHT, format: 'webp' })
      expect(await sizeOf(await fetchReal(origin + webp2))).toEqual({ ...TWICE, format: 'webp' })
    })

    test('lets a module import a public image without a word', async () => {
      const project = await createProject({ 'public/my pics/p.jpg': await jpeg(30), 'main.js': `import '/my pics/p.jpg?hd'` })
      const warnings: string[] = []
      const { server, origin } = await serve(bundler, project, project.options(), '/sub/', {}, warnings)
      const { code } = (await server.transformRequest('/main.js'))!
      const [, imported] = /"(\/sub\/public\/my.pics\/[^"]+)"/.exec(code)!
      const response = await fetch(origin + encodeURI(imported!))
      expect(response.headers.get('content-type')).toContain('javascript')
      expect(await response.text()).toContain('/sub/my%20pics/p.jpg?hd&v=')
      expect(warnings).toEqual([])
    })

    test('serves an address of an earlier run, from the cache or made again', async () => {
      const project = await createProject()
      const upscaler = doubling()
      const first = await serve(bundler, project, project.options({ upscaler }))
      const url = await importFrom(first.server, '/a.jpg?hd')
      await fetchReal(first.origin + url)
      await first.server.close()
      const second = await serve(bundler, project, project.options({ upscaler }))
      expect((await fetch(second.origin + url)).headers.get('cache-control')).toContain('immutable')
      expect(upscaler.calls).toBe(1)
      await second.server.close()
      const elsewhere = { dir: path.join(project.root, 'other') }
      const third = await serve(bundler, project, project.options({ upscaler, cache: elsewhere }))
      expect(await sizeOf(await fetch(third.origin + url))).toMatchObject(TWICE)
      expect((await fetchReal(third.origin + url)).headers.get('cache-control')).toContain('immutable')
      expect(upscaler.calls).toBe(2)
    })

    test('returns 404 for missing images, and ignores other requests', async () => {
      const project = await createProject({ 'index.html': '<p>page</p>' })
      const { origin } = await serve(bundler, project)
      for (const accept of ['image/*', '*/*', 'text/html']) {
        const response = await fetch(`${origin}/none.jpg?hd`, { headers: { accept } })
        expect([response.status, await response.text()]).toEqual([404, 'There is no such image\n'])
      }
      const page = await fetch(`${origin}/?hd`, { headers: { accept: 'text/html' } })
      expect(await page.text()).toContain('<p>page</p>')
      expect((await fetch(`${origin}/a.jpg?hd&nonsense`)).status).toBe(400)
      expect(await bytesOf(await fetch(`${origin}/a.jpg?hdx`))).toEqual(new Uint8Array(await project.read('a.jpg')))
    })

    test('serves only files that Vite may serve', async () => {
      const outside = await createProject({ 'secret.jpg': await jpeg(50) })
      const project = await createProject({ 'deny/d.jpg': await jpeg(), 'b b.jpg': await jpeg(10) })
      await symlink(path.join(outside.root, 'secret.jpg'), path.join(project.root, 'link.jpg'))
      const fs = { allow: [project.root], deny: ['**/deny/**'] }
      const { server, origin } = await serve(bundler, project, project.options(), '/', { fs })
      const secret = `${outside.root.replaceAll('\\', '/')}/secret.jpg`
      const up = path.relative(project.root, outside.root).replaceAll('\\', '/')
      for (const target of [
        `/${up}/secret.jpg?hd`,
        `/${encodeURIComponent(up)}/secret.jpg?hd`,
        `/${up.replaceAll('.', '%2e')}/secret.jpg?hd`,
        `/${up.replaceAll('/', '%5c')}/secret.jpg?hd`,
        `/@fs/${secret}?hd`,
        `/@fs${secret}?hd`,
        `/@fs/${project.root}/${up}/secret.jpg?hd`,
        `//${secret}?hd`,
        '/link.jpg?hd',
        '/deny/d.jpg?hd',
        '/DENY/d.jpg?hd',
        '/a.jpg%00?hd',
        '/a.jpg%00.jpg?hd',
        '/%E0%A4%A.jpg?hd',
      ]) {
        expect([400, 403, 404], target).toContain(await statusOf(origin, target))
      }
      const module = await (await fetch(`${origin}/@fs${secret}?import&hd`)).text()
      expect(module).not.toContain('v=')
      expect((await fetch(`${origin}/@fs${secret}?hd`)).status).toBe(403)
      expect((await fetch(`${origin}/b%20b.jpg?hd`)).status).toBe(200)
      expect((await fetch(`${origin}/@fs${project.root}/b%20b.jpg?hd`)).status).toBe(200)

      // Imported files may be served, wherever they are.
      await project.write('main.js', `export { default } from '${secret}?hd'`)
      expect((await fetch(origin + (await importFrom(server, '/main.js')))).status).toBe(200)
    })

    test('a changed image gets another address', async () => {
      const project = await createProject()
      const { server, origin } = await serve(bundler, project)
      const before = await importFrom(server, '/a.jpg?hd')
      await project.write('a.jpg', await jpeg(60))
      const after = async (): Promise<unknown> => {
        // The watcher may have started after the change.
        await project.touch('a.jpg')
        return importFrom(server, '/a.jpg?hd')
      }
      await expect.poll(after, { ...WAIT, interval: 500 }).not.toBe(before)
      // An old tab gets the new image, too.
      expect((await fetchReal(origin + before)).headers.get('cache-control')).toBe('no-cache')
    })

    test('reloads the page if an image of new URL() is edited', async () => {
      const main = `globalThis.url = new URL('./a.jpg?hd', import.meta.url)`
      const project = await createProject({ 'a.jpg': await jpeg(30), 'main.js': main })
      const { server } = await serve(bundler, project)
      const { hot } = server.environments.client
      const sent: unknown[] = []
      const send = hot.send.bind(hot) as (...message: unknown[]) => void
      hot.send = (...message: unknown[]) => {
        sent.push((message[0] as { type?: string }).type)
        send(...message)
      }
      await server.transformRequest('/main.js')
      await project.write('a.jpg', await jpeg(60))
      const messages = async (): Promise<unknown[]> => {
        // The watcher may have started after the change.
        await project.touch('a.jpg')
        return sent
      }
      await expect.poll(messages, { ...WAIT, interval: 500 }).toContain('full-reload')
    })

    test("calls a metered upscaler only with dev: 'full'", async () => {
      const project = await createProject()
      const upscaler = Object.assign(doubling(), { metered: true })
      const spared = await serve(bundler, project, project.options({ upscaler }))
      expect((await importFrom(spared.server, '/a.jpg?hd&as=meta')).upscaler).toBe('resample')
      await fetchReal(`${spared.origin}/a.jpg?hd`)
      expect(upscaler.calls).toBe(0)
      await spared.server.close()
      const full = await serve(bundler, project, project.options({ upscaler, dev: 'full' }))
      await fetchReal(`${full.origin}/a.jpg?hd`)
      expect(upscaler.calls).toBe(1)
      expect(await importFrom(full.server, '/a.jpg?hd&as=meta')).toMatchObject({ ...TWICE, upscaler: 'doubling' })
    })

    test('keeps the preview if the upscaler fails, tries it once, and reports the reason', async () => {
      const project = await createProject()
      const upscaler = failing()
      const warnings: string[] = []
      const { origin } = await serve(bundler, project, project.options({ upscaler }), '/', {}, warnings)
      for (let round = 0; round < 3; round++) {
        expect((await fetch(`${origin}/a.jpg?hd`)).headers.get('cache-control')).toBe('no-store')
        await expect.poll(() => warnings, WAIT).toHaveLength(1)
      }
      expect(warnings[0]).toMatch(/a\.jpg: .*'failing' failed.*\(HD_UPSCALE_FAILED\).*preview/)
      expect(upscaler.calls).toBe(1)
    })

    // Windows does not allow such names.
    test.skipIf(process.platform === 'win32')('escapes control characters in an address', async () => {
      const name = 'a\u001B[31m\u202E.jpg'
      const project = await createProject({ [name]: 'no image' })
      const warnings: string[] = []
      const { origin } = await serve(bundler, project, project.options(), '/', {}, warnings)
      const response = await fetch(`${origin}/${encodeURIComponent(name)}?hd`)
      expect(response.status).toBe(500)
      for (const text of [await response.text(), warnings.join('\n')]) {
        expect(text).toContain('a\\x1b[31m\\u202e.jpg')
        expect(text).not.toMatch(/(?!\n)\p{Cc}|\u202E/u)
      }
    })

    test('reports a broken image as an error that names it, and serves none', async () => {
      const project = await createProject({ 'bad.jpg': 'no image' })
      const { server, origin } = await serve(bundler, project)
      await expect(importFrom(server, '/bad.jpg?hd')).rejects.toThrow(/bad\.jpg: .*\(HD_SOURCE_FORMAT\)/)
      const response = await fetch(`${origin}/bad.jpg?hd`)
      expect([response.status, response.headers.get('content-type')]).toEqual([500, 'text/plain; charset=utf-8'])
    })

    test("with mode 'cache-only' a miss is an error, and with 'off' the source is served", async () => {
      const project = await createProject()
      const only = await serve(bundler, project, project.options({ mode: 'cache-only' }))
      await expect(importFrom(only.server, '/a.jpg?hd')).rejects.toThrow('HD_CACHE_MISS')
      expect((await fetch(`${only.origin}/a.jpg?hd`)).status).toBe(500)
      const off = await serve(bundler, project, project.options({ mode: 'off' }))
      expect(await importFrom(off.server, '/a.jpg?hd')).toBe('/a.jpg')
      expect(await sizeOf(await fetch(`${off.origin}/a.jpg?hd`))).toMatchObject({ width: WIDTH, height: HEIGHT })
    })

    test('refuses the same in pages and stylesheets as a build', async () => {
      const project = await createProject({
        'index.html': `<p>\n<img src="./a.jpg?hd&as=meta">`,
        'style.css': `a {\n background: url('./a.jpg?hd&as=img') }`,
        'main.js': `import './style.css'`,
      })
      const { server, origin } = await serve(bundler, project)
      const page = await fetch(`${origin}/`, { headers: { accept: 'text/html' } })
      expect(page.status).toBe(500)
      expect(await page.text()).toMatch(/index\.html:2: .*HD_QUERY/)
      await expect(server.transformRequest('/style.css')).rejects.toThrow(/style\.css:2: .*HD_QUERY/)
    })
  })
}

test('a page with many images causes no warning from Node', async () => {
  const warnings: Error[] = []
  const listen = (warning: Error): unknown => warnings.push(warning)
  process.on('warning', listen)
  onTestFinished(() => void process.off('warning', listen))
  const names = Array.from({ length: 60 }, (_, index) => `${index}.jpg`)
  const project = await createProject()
  for (const [index, name] of names.entries()) await project.write(name, await jpeg(index))
  const { server, origin } = await serve(vite8, project)
  const urls = await Promise.all(names.map((name) => importFrom(server, `/${name}?hd`)))
  const responses = await Promise.all(urls.map((url) => fetch(`${origin}${url}`)))
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
  expect(warnings).toEqual([])
})

test('the bundled dev server of Vite 8 serves images, with one warning that it is not supported yet', async () => {
  const files = {
    'index.html': '<script type="module" src="/main.js"></script>',
    'main.js': `import a from './a.jpg?hd'; window.a = a`,
  }
  const project = await createProject({ 'a.jpg': await jpeg(30), ...files })
  const warnings: string[] = []
  const { createServer, createLogger } = await import('vite')
  const customLogger = createLogger('silent')
  customLogger.warn = (text) => void warnings.push(text)
  const server = await createServer({
    configFile: false,
    root: project.root,
    plugins: [hd(project.options())],
    experimental: { bundledDev: true },
    server: { port: 0, host: '127.0.0.1' },
    customLogger,
  })
  onTestFinished(() => server.close())
  await server.listen()
  const { origin } = new URL(server.resolvedUrls!.local[0]!)
  let code = ''
  await expect.poll(async () => (code = await (await fetch(`${origin}/assets/index.js`)).text()), WAIT).toContain('a.jpg?hd&v=')
  const [address] = /\/a\.jpg\?hd&v=[0-9a-f]{12}/.exec(code)!
  expect(await sizeOf(await fetchReal(origin + address))).toEqual({ ...TWICE, format: 'jpeg' })
  expect(warnings).toEqual([expect.stringContaining("'experimental.bundledDev' of Vite is not supported yet")])
})

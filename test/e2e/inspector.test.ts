import http from 'node:http'
import path from 'node:path'
import hd from 'unplugin-hd/vite'
import { createServer, type InlineConfig } from 'vite'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, type Project } from './support/project.ts'
import { doubling } from './support/upscaler.ts'

interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  body: string
}

type Ask = (address: string, options?: { method?: string; headers?: Record<string, string>; body?: string }) => Promise<Answer>

/** Sends a request with any headers, including the host. */
async function serve(project: Project, config: InlineConfig = {}): Promise<{ ask: Ask; host: string }> {
  const server = await createServer({
    root: project.root,
    configFile: false,
    logLevel: 'silent',
    plugins: [hd(project.options())],
    ...config,
    server: { host: '127.0.0.1', port: 0, ...config.server },
  })
  onTestFinished(() => server.close())
  await server.listen()
  const { host, hostname, port } = new URL(server.resolvedUrls!.local[0]!)
  const ask: Ask = (address, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const request = http.request({ hostname, port, path: address, method, headers, agent: false }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }))
      })
      request.on('error', reject).end(body)
    })
  return { ask, host }
}

const MAIN = { 'main.js': "import url from './a.jpg?hd'\nimport './gone.jpg?hd'\n" }

/** The images of the inspector, once all have been inspected. */
async function imagesOf(
  ask: Ask,
  base = '/',
): Promise<{ name: string; state: string; url?: string; variants: { url?: string; width: number; state: string }[] }[]> {
  return (JSON.parse((await ask(`${base}__hd/api/images`)).body) as { images: [] }).images
}

test("serves the page and its files below the base, with Vite's access checks and a strict policy", async () => {
  const { ask } = await serve(await createProject(MAIN), { base: '/sub/' })
  const page = await ask('/sub/__hd/')
  expect(page).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' },
  })
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; .*frame-ancestors 'self'$/)
  expect(await ask('/sub/__hd?x')).toMatchObject({ status: 302, headers: { location: '/sub/__hd/?x' } })
  for (const [, name] of page.body.matchAll(/(?:src|href)="(inspector[^"]*)"/g))
    expect((await ask(`/sub/__hd/${name}`)).status).toBe(200)
  for (const place of ['', 'api/images', 'api/events', 'inspector.js'])
    expect((await ask(`/sub/__hd/${place}`, { headers: { Host: 'evil.example' } })).status, place).toBe(403)
  expect((await ask('/sub/__hd/../package.json')).status).not.toBe(200)
  expect((await ask('/sub/__hd/nothing')).status).toBe(404)
  expect((await ask('/sub/__hd/', { method: 'POST' })).status).toBe(405)
})

test('makes an image only on request of its own page', async () => {
  const project = await createProject(MAIN)
  const upscaler = doubling()
  const { ask, host } = await serve(project, { plugins: [hd(project.options({ upscaler }))] })
  expect(await imagesOf(ask)).toMatchObject([{ name: 'a.jpg', state: 'missing' }])
  const body = JSON.stringify({ name: 'a.jpg' })
  const own = { Origin: `http://${host}`, 'Content-Type': 'application/json' }
  const make = async (headers: Record<string, string>, text = body): Promise<number> =>
    (await ask('/__hd/api/make', { method: 'POST', headers, body: text })).status
  expect(await make({ 'Content-Type': 'application/json' })).toBe(403)
  expect(await make({ ...own, Origin: 'http://evil.example' })).toBe(403)
  expect(await make({ ...own, 'Sec-Fetch-Site': 'cross-site' })).toBe(403)
  expect(await make({ ...own, 'Content-Type': 'text/plain' })).toBe(403)
  expect((await ask('/__hd/api/make')).status).toBe(405)
  for (const wrong of ['', 'no JSON', '[]', '{"name":1}', '{"name":"b.jpg"}', 'x'.repeat(20_000)])
    expect(await make(own, wrong)).toBe(404)
  expect(upscaler.calls).toBe(0)
  expect(await make(own)).toBe(202)
  await expect.poll(async () => (await imagesOf(ask))[0]!.state).toBe('made')
  const [image] = await imagesOf(ask)
  for (const url of [image!.url!, image!.variants[0]!.url!]) expect((await ask(url)).status).toBe(200)
})

test('sends all images to a page, then changes, until the server closes', async () => {
  const project = await createProject(MAIN)
  const server = await createServer({
    root: project.root,
    configFile: false,
    logLevel: 'silent',
    plugins: [hd(project.options())],
    server: { host: '127.0.0.1', port: 0 },
  })
  await server.listen()
  const messages: { all: boolean; images: { name: string }[]; isComplete: boolean }[] = []
  const ended = fetch(`${server.resolvedUrls!.local[0]!}__hd/api/events`).then(async ({ body }) => {
    let text = ''
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const parts = text.split('\n\n')
      text = parts.pop()!
      for (const part of parts) messages.push(JSON.parse(part.replace(/^data: /, '')) as (typeof messages)[0])
    }
  })
  await expect.poll(() => messages.at(-1)).toMatchObject({ isComplete: true })
  expect(messages[0]).toMatchObject({ all: true })
  expect(messages.flatMap(({ images }) => images.map(({ name }) => name))).toContain('a.jpg')
  await server.close()
  // Ended by the server, or cut off with its sockets.
  await ended.catch(() => undefined)
})

test("makes nothing with mode: 'cache-only'", async () => {
  const project = await createProject(MAIN)
  const { ask, host } = await serve(project, { plugins: [hd(project.options({ mode: 'cache-only' }))] })
  expect(await imagesOf(ask)).toMatchObject([{ state: 'missing' }])
  const headers = { Origin: `http://${host}`, 'Content-Type': 'application/json' }
  expect(await ask('/__hd/api/make', { method: 'POST', headers, body: '{"name":"a.jpg"}' })).toMatchObject({
    status: 409,
    body: "Nothing is made with mode: 'cache-only'\n",
  })
})

test('has each width and format that was asked for at an address of its own', async () => {
  const project = await createProject({ 'main.js': "import './a.jpg?hd&as=picture&format=webp&w=12;40'\n" })
  const { ask, host } = await serve(project)
  await imagesOf(ask)
  const headers = { Origin: `http://${host}`, 'Content-Type': 'application/json' }
  expect((await ask('/__hd/api/make', { method: 'POST', headers, body: '{"name":"a.jpg"}' })).status).toBe(202)
  const variants = async (): Promise<{ url?: string; width: number; state: string }[]> => (await imagesOf(ask))[0]!.variants
  await expect.poll(async () => (await variants()).every(({ state }) => state !== 'missing')).toBe(true)
  const made = await variants()
  expect(new Set(made.map(({ url }) => url)).size).toBe(made.length)
  for (const { url } of made) expect((await ask(url!)).headers['cache-control'], url).toContain('immutable')
})

test('shows no options, and no image that Vite may not serve', async () => {
  const outside = await createProject()
  const image = path.join(outside.root, 'a.jpg')
  const project = await createProject({
    'main.js': `import './a.jpg?hd'\nimport '${image.replaceAll('\\', '/')}?hd'\nimport './gone.jpg?hd'\n`,
  })
  const secret = { ...doubling(), secret: 'hunter2', token: () => 'hunter2' }
  const { ask } = await serve(project, {
    plugins: [hd(project.options({ upscaler: secret }))],
    server: { fs: { allow: [project.root] } },
  })
  const { body } = await ask('/__hd/api/images')
  expect(body).not.toContain('hunter2')
  const found = JSON.parse(body) as { images: { name: string; url?: string }[]; problems: string[] }
  expect(found.images.map(({ url }) => url !== undefined).toSorted()).toEqual([false, true])
  expect(found.problems).toEqual(["main.js: './gone.jpg?hd': file not found"])
})

test('also lists images that only a package or a page requests', async () => {
  const project = await createProject({
    'main.js': "import 'pkg'\n",
    'node_modules/pkg/package.json': '{ "name": "pkg", "type": "module", "exports": "./index.js" }',
    'node_modules/pkg/index.js': "export { default } from './p.jpg?hd'\n",
  })
  for (const name of ['b.jpg', 'node_modules/pkg/p.jpg']) await project.write(name, await project.read('a.jpg'))
  const { ask } = await serve(project)
  expect(await imagesOf(ask)).toEqual([])
  await ask('/b.jpg?hd')
  await ask('/node_modules/pkg/index.js')
  await expect.poll(async () => (await imagesOf(ask)).map(({ name }) => name)).toEqual(['b.jpg', 'node_modules/pkg/p.jpg'])
})

test('Vite DevTools finds a panel in the plugins, in dev servers only', () => {
  const found = [hd()].flat().filter((plugin) => 'devtools' in plugin) as unknown[]
  expect(found).toMatchObject([{ apply: 'serve', devtools: { capabilities: { build: false }, setup: expect.any(Function) } }])
  const { devtools } = found[0] as { devtools: { setup(context: object): void } }
  const entries: unknown[] = []
  devtools.setup({ viteConfig: { base: '/sub/' }, docks: { register: (entry: unknown) => entries.push(entry) } })
  expect(entries).toMatchObject([{ id: 'unplugin-hd', type: 'iframe', title: 'HD images', url: '/sub/__hd/' }])
})

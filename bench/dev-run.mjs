// One run of dev.mjs: serves a folder, loads it as a browser would, and prints what that took.
import { Agent, get } from 'node:http'
import hd, { neural, resample } from 'unplugin-hd/vite'
import { createServer } from 'vite'

const [name, root, upscaler] = process.argv.slice(2)
const options = { upscaler: upscaler === 'neural' ? neural() : resample(), cache: { dir: `${root}/cache` } }
/** What pages are told: with as many swaps as images all of them are there. */
const done = new Set()
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'silent',
  cacheDir: `${root}/vite`,
  plugins: name === 'hd' ? [hd(options)] : [],
  server: { host: '127.0.0.1', port: 0, watch: null },
})
await server.listen()
const { hot } = server.environments.client
const send = hot.send.bind(hot)
hot.send = (type, swaps) => {
  if (type === 'unplugin-hd:swap') for (const { url } of swaps) done.add(url)
  send(type, swaps)
}
const [origin] = server.resolvedUrls.local
/** As many connections as browsers open to one host. */
const agent = new Agent({ keepAlive: true, maxSockets: 6 })

const begun = performance.now()
const urls = await loadGraph()
const graph = performance.now() - begun

const idle = process.memoryUsage.rss()
const result = { graph, idle, times: [] }
if (name === 'hd') {
  const answers = await Promise.all(urls.map((url) => fetchTimed(url)))
  result.times = answers.map(({ time }) => time)
  if (upscaler) Object.assign(result, await waitForAll())
}
process.stdout.write(JSON.stringify(result))
await server.close()
process.exit(0)

/** The page, its modules and theirs. The addresses of the images are what the modules hold. */
async function loadGraph() {
  const images = []
  const seen = new Set()
  const load = async (url) => {
    if (seen.has(url)) return
    seen.add(url)
    const { body } = await fetchTimed(url)
    const text = body.toString()
    const address = /^\s*export default "([^"]+)"/.exec(text)?.[1]
    if (address) images.push(address)
    const found = [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|src=)"(\/[^"]+)"/g)].map(([, specifier]) => specifier)
    await Promise.all(found.map(load))
  }
  await load('/')
  return images
}

/** From when the connection takes it, as a browser queues the others. */
function fetchTimed(url) {
  return new Promise((resolve, reject) => {
    const request = get(new URL(url, origin), { agent, headers: { accept: '*/*' } }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => {
        const { headers, statusCode } = response
        if (statusCode !== 200) reject(new Error(`${statusCode} ${url}`))
        resolve({ time: performance.now() - started, body: Buffer.concat(chunks), headers })
      })
    })
    let started = performance.now()
    request.on('socket', () => (started = performance.now()))
    request.on('error', reject)
  })
}

/** Until the last image is the real one; meanwhile something else is asked for all the time. */
async function waitForAll() {
  let delay = 0
  let rss = 0
  for (;;) {
    const head = (url) => fetchTimed(url).then(({ time, headers }) => ({ time, isReal: headers.etag !== undefined }))
    const other = await fetchTimed('/@vite/client')
    delay = Math.max(delay, other.time)
    rss = Math.max(rss, process.memoryUsage.rss())
    await new Promise((resolve) => setTimeout(resolve, 100))
    if (done.size < urls.length) continue
    const answers = await Promise.all(urls.map(head))
    if (answers.every(({ isReal }) => isReal)) return { all: performance.now() - begun, delay, rss }
  }
}

// What does a build cost in a fresh clone, where all of 200 small images are in a remote cache and none is on this machine?
// Beside the same build with a warm local cache. Every run is a process of its own, the kinds take turns, and the fastest runs
// are compared, because others only disturb; processor time says more where the machine has other work. Redis takes part if
// `redis-server` is installed.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { printMachine } from './machine.mjs'
import { median } from './statistics.mjs'
import { COUNT, writeEntry, writeSources } from './small-images.mjs'

const ROUNDS = Number(process.argv[2] ?? 7)
const RUN = fileURLToPath(new URL('cached-run.mjs', import.meta.url))

printMachine(['unplugin-hd', 'vite'])
const root = await mkdtemp(path.join(tmpdir(), 'hd-bench-'))
const project = path.join(root, 'project')
const port = await listen(objects())
const remotes = {
  http: `http://127.0.0.1:${port}/hd`,
  s3: 's3://bucket/hd',
  ...(await startRedis()),
}
const env = {
  ...process.env,
  CI: '',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
}
try {
  await writeSources(path.join(root, 'sources'))
  await writeEntry(project, (index) => `../sources/${index}.jpg?hd`)
  for (const [name, url] of Object.entries(remotes)) await run(`first-${name}`, url)
  const times = { local: [], ...Object.fromEntries(Object.keys(remotes).map((name) => [name, []])) }
  for (let round = 0; round < ROUNDS; round++) {
    times.local.push(await run('first-http'))
    // A folder of its own each time, as in a fresh clone: to create files where many were just deleted takes much longer.
    for (const [name, url] of Object.entries(remotes)) times[name].push(await run(`${name}-${round}`, url))
  }
  print('elapsed', times, 0)
  print('processor', times, 1)
} finally {
  await rm(root, { recursive: true, force: true })
  process.exit()
}

function print(what, times, column) {
  console.log(what)
  const fastest = (name) => Math.min(...times[name].map((figures) => figures[column]))
  for (const [name, runs] of Object.entries(times)) {
    const least = fastest(name)
    const more = least - fastest('local')
    const compared =
      name === 'local' ? '' : `, ${(least / fastest('local')).toFixed(2)} times, ${(more / COUNT).toFixed(2)} ms an image more`
    const middle = median(runs.map((figures) => figures[column]))
    console.log(`  ${name.padEnd(5)} ${least.toFixed(0).padStart(5)} ms (median ${middle.toFixed(0)})${compared}`)
  }
}

/** @returns milliseconds, and those of the processor */
async function run(cache, remote) {
  const rest = remote ? [cache, remote] : [cache]
  const child = spawn(process.execPath, [RUN, 'hd', project, ...rest], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  return (await text(child.stdout)).split(' ').map(Number)
}

/** Objects in memory by GET, PUT and HEAD; it believes every signature. */
function objects() {
  const stored = new Map()
  return createServer(async (request, response) => {
    if (request.method === 'PUT') stored.set(request.url, await buffer(request))
    const found = stored.get(request.url)
    response.writeHead(found ? 200 : 404, { 'content-length': request.method === 'PUT' ? 0 : (found?.length ?? 0) })
    response.end(request.method === 'GET' ? found : undefined)
  })
}

function listen(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
}

async function startRedis() {
  const probe = createTcpServer()
  const free = await listen(probe)
  probe.close()
  const server = spawn('redis-server', ['--port', String(free), '--save', '', '--dir', root], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  process.on('exit', () => server.kill())
  const isReady = await new Promise((resolve) => {
    server.on('error', () => resolve(false))
    server.stdout.on('data', (chunk) => String(chunk).includes('Ready to accept') && resolve(true))
  })
  if (!isReady) console.log('without Redis: redis-server is not installed\n')
  return isReady ? { redis: `redis://127.0.0.1:${free}` } : {}
}

// Does the dev server wait? A page with 20 photos of 2 MP, all `?hd`, nothing in the cache: (a) how long until its module graph
// is loaded, against the same page without the plugin, (b) how long the first preview of each image takes, asked for by six
// connections as browsers do, (c) how long until the real images are all there, and what memory that takes.
// Every run is a process of its own. `node bench/dev.mjs [rounds] [neural|resample]`; without an upscaler (c) is left out.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { printMachine } from './machine.mjs'
import { median } from './statistics.mjs'

const COUNT = 20
const WIDTH = 1732
const HEIGHT = 1155
const ROUNDS = Number(process.argv[2] ?? 5)
const UPSCALER = process.argv[3]
const RUN = fileURLToPath(new URL('dev-run.mjs', import.meta.url))

printMachine(['unplugin-hd', 'vite', 'sharp'])
const root = await mkdtemp(path.join(tmpdir(), 'hd-bench-dev-'))
try {
  await writeProject('hd', '?hd')
  await writeProject('plain', '')
  await run('plain')
  const graphs = { plain: [], hd: [] }
  const previews = []
  for (let round = 0; round < ROUNDS; round++) {
    graphs.plain.push((await run('plain')).graph)
    const { graph, times } = await run('hd')
    graphs.hd.push(graph)
    previews.push(...times)
  }
  const plain = median(graphs.plain)
  const hd = median(graphs.hd)
  const sorted = previews.toSorted((a, b) => a - b)
  console.log(
    `module graph   plain ${ms(plain)} (${range(graphs.plain)}), ?hd ${ms(hd)} (${range(graphs.hd)}): ${(hd / plain).toFixed(2)} times`,
  )
  console.log(
    `first preview  median ${ms(median(previews))}, 95 % ${ms(sorted[Math.floor(0.95 * sorted.length)])}, worst ${ms(sorted.at(-1))}`,
  )
  await printAll()
} finally {
  await rm(root, { recursive: true, force: true })
}

/** Only when an upscaler is named: on two cores it takes a minute or more. */
async function printAll() {
  if (UPSCALER === undefined) return
  const { all, rss, idle, delay } = await run('hd', UPSCALER)
  console.log(
    `all ${COUNT} real    ${(all / 1000).toFixed(1)} s by ${UPSCALER}(), ${mb(idle)} before, at most ${mb(rss)}; another request meanwhile at most ${ms(delay)}`,
  )
}

/** Photos that differ, about 0.7 MB each, and a page that imports them. */
async function writeProject(name, query) {
  const folder = path.join(root, name)
  await mkdir(folder, { recursive: true })
  const lines = []
  for (let index = 0; index < COUNT; index++) {
    const noise = { type: 'gaussian', mean: 128, sigma: 12 }
    const background = { r: (index * 37) % 256, g: (index * 91) % 256, b: (index * 53) % 256 }
    const detail = await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background, noise } })
      .blur(0.8)
      .png()
      .toBuffer()
    const shape = { create: { width: 600, height: 400, channels: 3, background } }
    await sharp(detail)
      .composite([{ input: shape, left: 50 * index, top: 30 * index, blend: 'overlay' }])
      .jpeg({ quality: 85 })
      .toFile(path.join(folder, `${index}.jpg`))
    lines.push(`import p${index} from './${index}.jpg${query}'`)
  }
  await writeFile(path.join(folder, 'main.js'), `${lines.join('\n')}\n`)
  await writeFile(path.join(folder, 'index.html'), '<script type="module" src="/main.js"></script>')
}

/** One dev server, cold, and what it was measured by. @param upscaler when the real images are waited for */
async function run(name, upscaler = '') {
  const folder = path.join(root, name)
  await rm(path.join(folder, 'cache'), { recursive: true, force: true })
  const child = spawn(process.execPath, [RUN, name, folder, upscaler], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (text) => (output += text))
  await new Promise((resolve) => child.on('close', resolve))
  return JSON.parse(output)
}

function ms(value) {
  return `${value.toFixed(0)} ms`
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(0)} MB`
}

function range(values) {
  return `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`
}

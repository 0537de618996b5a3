// What does a fully cached build cost? Vite builds 200 small images, (a) with `?hd` from a warm cache, (b) without any
// plugin, importing the very files that (a) emits, (c) with vite-imagetools from its warm cache. Every run is a process of
// its own, the three take turns, and medians are compared.
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile, copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { printMachine } from './machine.mjs'
import { median } from './statistics.mjs'

const COUNT = 200
const ROUNDS = Number(process.argv[2] ?? 7)
const RUN = fileURLToPath(new URL('cached-run.mjs', import.meta.url))

printMachine(['unplugin-hd', 'vite', 'vite-imagetools', 'sharp'])
const root = await mkdtemp(path.join(tmpdir(), 'hd-bench-'))
try {
  await writeSources(path.join(root, 'sources'))
  await writeEntry('hd', (index) => `../sources/${index}.jpg?hd`)
  await writeEntry('imagetools', (index) => `../sources/${index}.jpg?w=64&format=webp`)
  run('hd')
  run('imagetools')
  await copyEmitted()
  await writeEntry('plain', (index) => `./${index}.jpg`)
  run('plain')

  const times = { plain: [], hd: [], imagetools: [] }
  for (let round = 0; round < ROUNDS; round++) for (const name of Object.keys(times)) times[name].push(run(name))
  const plain = median(times.plain)
  for (const [name, values] of Object.entries(times)) {
    const middle = median(values)
    const range = `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`
    const added =
      name === 'plain'
        ? ''
        : `, ${((middle - plain) / COUNT).toFixed(2)} ms an image over plain (${(middle / plain).toFixed(2)} times)`
    console.log(`${name.padEnd(11)} ${middle.toFixed(0).padStart(5)} ms (${range})${added}`)
  }
} finally {
  if (!process.env.KEEP) await rm(root, { recursive: true, force: true })
  else console.log(root)
}

/** Distinct images of 160x120, about 5 kB each. */
async function writeSources(folder) {
  await mkdir(folder, { recursive: true })
  for (let index = 0; index < COUNT; index++) {
    const background = { r: (index * 37) % 256, g: (index * 91) % 256, b: (index * 53) % 256 }
    const noise = { type: 'gaussian', mean: 128, sigma: 20 }
    await sharp({ create: { width: 160, height: 120, channels: 3, background, noise } })
      .blur(1.5)
      .composite([{ input: { create: { width: 60, height: 40, channels: 3, background } }, left: index % 100, top: index % 80 }])
      .jpeg({ quality: 85 })
      .toFile(path.join(folder, `${index}.jpg`))
  }
}

async function writeEntry(name, specifier) {
  const folder = path.join(root, name)
  await mkdir(folder, { recursive: true })
  const lines = Array.from({ length: COUNT }, (_, index) => `import p${index} from '${specifier(index)}'`)
  const names = Array.from({ length: COUNT }, (_, index) => `p${index}`)
  await writeFile(path.join(folder, 'main.js'), `${lines.join('\n')}\nconsole.log(${names.join(',')})\n`)
}

/** What `hd` emitted becomes the input of `plain`. */
async function copyEmitted() {
  await mkdir(path.join(root, 'plain'), { recursive: true })
  const assets = path.join(root, 'hd', 'dist', 'assets')
  for (const file of await readdir(assets)) {
    const [, index] = /^(\d+)@2x/.exec(file) ?? []
    if (index) await copyFile(path.join(assets, file), path.join(root, 'plain', `${index}.jpg`))
  }
}

function run(name) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUN, name, path.join(root, name)], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return Number(stdout)
}

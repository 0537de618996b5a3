// What does a fully cached build cost? Vite builds 200 small images, (a) with `?hd` from a warm cache, (b) without any
// plugin, importing the very files that (a) emits, (c) with vite-imagetools from its warm cache. Every run is a process of
// its own, the three take turns, and medians are compared.
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { printMachine } from './machine.mjs'
import { COUNT, writeEntry, writeSources } from './small-images.mjs'
import { median } from './statistics.mjs'

const JSON_ONLY = process.argv.includes('--json')
const ROUNDS = Number(process.argv.slice(2).find((each) => each !== '--json') ?? 7)
const RUN = fileURLToPath(new URL('cached-run.mjs', import.meta.url))

if (!JSON_ONLY) printMachine(['unplugin-hd', 'vite', 'vite-imagetools', 'sharp'])
const root = await mkdtemp(path.join(tmpdir(), 'hd-bench-'))
try {
  await writeSources(path.join(root, 'sources'))
  await writeEntry(path.join(root, 'hd'), (index) => `../sources/${index}.jpg?hd`)
  await writeEntry(path.join(root, 'imagetools'), (index) => `../sources/${index}.jpg?w=64&format=webp`)
  run('hd')
  run('imagetools')
  await copyEmitted()
  await writeEntry(path.join(root, 'plain'), (index) => `./${index}.jpg`)
  run('plain')

  const times = { plain: [], hd: [], imagetools: [] }
  for (let round = 0; round < ROUNDS; round++) for (const name of Object.keys(times)) times[name].push(run(name))
  if (JSON_ONLY) console.log(JSON.stringify({ images: COUNT, times }, undefined, 1))
  else printTimes(times)
} finally {
  if (!process.env.KEEP) await rm(root, { recursive: true, force: true })
  else console.log(root)
}

function printTimes(times) {
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
  return Number.parseFloat(stdout)
}

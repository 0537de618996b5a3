import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

/** Upscales one image and, like a careless script, closes nothing. Prints the runtime, or the error. */
const SCRIPT = `
const { neural } = await import(process.argv[1])
const { size = 8, exit, ...options } = JSON.parse(process.argv[2])
// A little later, so that the worker is inside the runtime, with its next tile.
const onProgress = () => exit !== undefined && setTimeout(() => process.exit(exit), 25)
const context = { signal: new AbortController().signal, onProgress, log: { debug: console.log, info: console.log, warn: console.log } }
const image = { width: size, height: size, pixels: async () => ({ width: size, height: size, data: new Uint8Array(3 * size * size) }) }
try {
  const { width } = await neural(options).upscale(image, context)
  console.log('width', width)
} catch (error) {
  console.log(error.code, error.message)
}
`

async function run(entry: string, options: object, cwd: string): Promise<{ code: number; output: string }> {
  // pnpm points NODE_PATH at everything in the store.
  const env = { ...process.env, NODE_PATH: '' }
  const flags = ['--input-type=module', '-e', SCRIPT]
  const child = spawn(process.execPath, [...flags, pathToFileURL(entry).href, JSON.stringify(options)], { cwd, env })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const [code] = (await once(child, 'close')) as [number]
  return { code, output }
}

let lonely: string
/** The package as a user has it who installed nothing else: what \`files\` names, and its dependencies. */
beforeAll(async () => {
  lonely = await mkdtemp(join(tmpdir(), 'unplugin-hd-neural-'))
  const target = join(lonely, 'node_modules/@unplugin-hd/neural')
  await mkdir(target, { recursive: true })
  for (const name of ['dist', 'models', 'package.json']) await cp(join(PACKAGE, name), join(target, name), { recursive: true })
  const common = dirname(dirname(createRequire(import.meta.url).resolve('onnxruntime-common')))
  await symlink(join(common, '..'), join(lonely, 'node_modules/onnxruntime-common'), 'junction')
  await symlink(join(PACKAGE, '../core'), join(lonely, 'node_modules/@unplugin-hd/core'), 'junction')
})
afterAll(() => rm(lonely, { recursive: true, force: true }))

test.each(['native', 'wasm'])('a process with %s ends by itself, without close()', async (runtime) => {
  const { code, output } = await run(join(PACKAGE, 'dist/index.mjs'), { runtime }, lonely)
  expect(output).toMatch(`neural: ${runtime} runtime`)
  expect(output).toMatch('width 16')
  expect(code).toBe(0)
})

test.each(['native', 'wasm'])('process.exit() in the middle of an image with %s keeps its exit status', async (runtime) => {
  const { code, output } = await run(join(PACKAGE, 'dist/index.mjs'), { runtime, tile: 200, size: 500, exit: 7 }, lonely)
  expect(output).toBe(`neural: ${runtime} runtime, threads: ${Math.min(availableParallelism(), 8)}\n`)
  expect(code).toBe(7)
})

test('installed alone, it runs in WASM', async () => {
  const { code, output } = await run(join(lonely, 'node_modules/@unplugin-hd/neural/dist/index.mjs'), {}, lonely)
  expect(output).toMatch(/^neural: wasm runtime.*\nwidth 16\n$/)
  expect(code).toBe(0)
})

test('asked for onnxruntime-node that is not there, it says how to install it', async () => {
  const { output } = await run(join(lonely, 'node_modules/@unplugin-hd/neural/dist/index.mjs'), { runtime: 'native' }, lonely)
  expect(output).toMatch(/^HD_RUNTIME onnxruntime-node is not installed.*ONNXRUNTIME_NODE_INSTALL=skip/)
})

test('installed alone, long work earns one word about the native runtime', async () => {
  const entry = join(lonely, 'node_modules/@unplugin-hd/neural/dist/index.mjs')
  const { output } = await run(entry, { size: 1600, tile: 64, exit: 0 }, lonely)
  // Where there is a native runtime at all.
  if (['linux', 'win32'].includes(process.platform)) expect(output.match(/npm install -D onnxruntime-node/g)).toHaveLength(1)
})

test.each([
  [['nonsense'], /CPU is used, since nonsense cannot be: onnxruntime-node has cpu/],
  [['nonsense', 'cuda', 'cpu'], /CPU is used, since nonsense, cuda cannot be/],
  [['cpu'], /^neural: native runtime/],
])('with the execution providers %j the image is made all the same', async (executionProviders, words) => {
  const { output } = await run(join(PACKAGE, 'dist/index.mjs'), { runtime: 'native', executionProviders }, lonely)
  expect(output).toMatch(words)
  expect(output).toMatch(/neural: native runtime.*\nwidth 16\n$/)
})

test('a provider that the runtime has but that cannot work here leaves the CPU to it', async () => {
  const { output } = await run(join(PACKAGE, 'dist/index.mjs'), { executionProviders: ['webgpu', { name: 'cuda' }] }, lonely)
  // On a machine with a graphics card there is nothing to say.
  expect(output).toMatch(/neural: native runtime.*\nwidth 16\n$/)
})

test('execution providers without onnxruntime-node are a warning', async () => {
  const entry = join(lonely, 'node_modules/@unplugin-hd/neural/dist/index.mjs')
  const { output } = await run(entry, { executionProviders: ['cuda'] }, lonely)
  expect(output).toMatch(/^neural: the CPU is used, since cuda cannot be: the WASM build has none, onnxruntime-node has\n/)
  expect(output).toMatch(/width 16\n$/)
})

test('onnxruntime-node of the project is found, and one that does not load is a warning', async () => {
  const project = join(lonely, 'project')
  const broken = join(project, 'node_modules/onnxruntime-node')
  await mkdir(broken, { recursive: true })
  await writeFile(join(broken, 'index.js'), "throw new Error('no binary for this platform')")
  const entry = join(lonely, 'node_modules/@unplugin-hd/neural/dist/index.mjs')
  const { output } = await run(entry, {}, project)
  expect(output).toMatch(/does not load.*no binary for this platform; the slower WASM build is used\nneural: wasm/)
  expect((await run(entry, { runtime: 'native' }, project)).output).toMatch(/^HD_RUNTIME .*no binary for this platform/)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

/** Upscales one image without calling `close()`. Prints the log, and the width or the error. */
const SCRIPT = `
const { neural } = await import(process.argv[1])
const { size = 8, exit, ...options } = JSON.parse(process.argv[2])
// A little later, so that the worker is inside the runtime with its next tile.
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
  // pnpm sets NODE_PATH to everything in its store.
  const env = { ...process.env, NODE_PATH: '' }
  const flags = ['--input-type=module', '-e', SCRIPT]
  const child = spawn(process.execPath, [...flags, pathToFileURL(entry).href, JSON.stringify(options)], { cwd, env })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const [code] = (await once(child, 'close')) as [number]
  return { code, output }
}

/** A project with only this package installed: the published files and their dependencies. */
let root: string
/** The entry of that installed package. */
let installed: string
/** Projects next to it, by the ONNX runtime that they have installed. */
let projects: Record<'none' | 'native' | 'wasm' | 'broken', string>

const BUILT = join(PACKAGE, 'dist/index.mjs')
/** Used as a custom model. */
const model = join(PACKAGE, 'models/hd-x2.onnx')

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'unplugin-hd-neural-'))
  const target = join(root, 'node_modules/@unplugin-hd/neural')
  await mkdir(target, { recursive: true })
  const { files } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as { files: string[] }
  for (const name of [...files, 'package.json']) await cp(join(PACKAGE, name), join(target, name), { recursive: true })
  for (const name of ['core', 'engine']) {
    const source = await realpath(join(PACKAGE, 'node_modules/@unplugin-hd', name))
    await symlink(source, join(root, 'node_modules/@unplugin-hd', name), 'junction')
  }
  installed = join(target, 'dist/index.mjs')
  const { resolve } = createRequire(import.meta.url)
  const project = async (name: string, runtime?: 'onnxruntime-node' | 'onnxruntime-web') => {
    const folder = join(root, name)
    await mkdir(join(folder, 'node_modules'), { recursive: true })
    if (runtime !== undefined) {
      await symlink(join(dirname(resolve(runtime)), '..'), join(folder, 'node_modules', runtime), 'junction')
    }
    return folder
  }
  projects = {
    none: await project('none'),
    native: await project('native', 'onnxruntime-node'),
    wasm: await project('wasm', 'onnxruntime-web'),
    broken: await project('broken'),
  }
  await mkdir(join(projects.broken, 'node_modules/onnxruntime-node'))
  await writeFile(
    join(projects.broken, 'node_modules/onnxruntime-node/index.js'),
    "throw new Error('no binary for this platform')",
  )
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('the built-in model', () => {
  test.each([{}, { model: 'quality', threads: 1 }])('with %j lets the process exit without close()', async (options) => {
    expect(await run(installed, options, projects.none)).toEqual({ code: 0, output: 'width 16\n' })
  })

  test('keeps the exit status of process.exit() in the middle of an image', async () => {
    expect(await run(installed, { size: 900, exit: 7 }, projects.none)).toEqual({ code: 7, output: '' })
  })

  test('ignores installed ONNX runtimes', async () => {
    for (const project of Object.values(projects)) {
      expect(await run(installed, {}, project)).toEqual({ code: 0, output: 'width 16\n' })
    }
  })
})

test('damaged or missing weights are an error with a remedy', async () => {
  const target = join(root, 'node_modules/damaged')
  await cp(dirname(dirname(installed)), target, { recursive: true })
  const weights = join(target, 'models/hd-x2.hdw')
  const bytes = await readFile(weights)
  bytes[1000]! ^= 1
  await writeFile(weights, bytes)
  const words = /^HD_MODEL .*the weights.*Reinstall @unplugin-hd\/neural/
  expect((await run(join(target, 'dist/index.mjs'), {}, projects.none)).output).toMatch(words)
  await rm(weights)
  expect((await run(join(target, 'dist/index.mjs'), {}, projects.none)).output).toMatch(words)
})

describe('a custom model', () => {
  const runtimes = ['native', 'wasm'] as const

  test.each(runtimes)('with %s lets the process exit without close()', async (runtime) => {
    const { code, output } = await run(installed, { model }, projects[runtime])
    expect(output).toBe(`neural: ${runtime} runtime, a model of factor 2\nwidth 16\n`)
    expect(code).toBe(0)
  })

  test.each(runtimes)('with %s keeps the exit status of process.exit() in the middle of an image', async (runtime) => {
    const { code, output } = await run(installed, { model, tile: 200, size: 500, exit: 7 }, projects[runtime])
    expect(output).toBe(`neural: ${runtime} runtime, a model of factor 2\n`)
    expect(code).toBe(7)
  })

  test('without a runtime says what to install, in one line', async () => {
    const { output } = await run(installed, { model }, projects.none)
    expect(output).toMatch(
      /^HD_RUNTIME a model of your own needs an ONNX runtime, and none is installed.*npm install -D onnxruntime-node.*npm install -D onnxruntime-web.*\n$/,
    )
  })

  test.each([
    ['native', 'wasm', /^HD_RUNTIME onnxruntime-node is not installed.*ONNXRUNTIME_NODE_INSTALL=skip/],
    ['wasm', 'native', /^HD_RUNTIME onnxruntime-web is not installed.*npm install -D onnxruntime-web/],
  ] as const)('with the runtime %s while only %s is installed, says how to install it', async (runtime, present, words) => {
    expect((await run(installed, { model, runtime }, projects[present])).output).toMatch(words)
  })

  test('in WASM recommends the native runtime once, if the work is long', async () => {
    const { output } = await run(installed, { model, size: 1600, tile: 64, overlap: 12, exit: 0 }, projects.wasm)
    // Only where a native runtime exists.
    if (['linux', 'win32'].includes(process.platform)) expect(output.match(/npm install -D onnxruntime-node/g)).toHaveLength(1)
  })

  test.each([
    [['nonsense'], /falling back to the CPU, because nonsense cannot be used: onnxruntime-node supports only cpu/],
    [['nonsense', 'cuda', 'cpu'], /falling back to the CPU, because nonsense, cuda cannot be used/],
    [['cpu'], /^neural: native runtime/],
  ])('with the execution providers %j still works', async (executionProviders, words) => {
    const { output } = await run(BUILT, { model, runtime: 'native', executionProviders }, root)
    expect(output).toMatch(words)
    expect(output).toMatch(/neural: native runtime.*\nwidth 16\n$/)
  })

  test('falls back to the CPU if the runtime supports a provider that cannot run here', async () => {
    const { output } = await run(BUILT, { model, executionProviders: ['webgpu', { name: 'cuda' }] }, root)
    // On a machine with a graphics card there is no warning.
    expect(output).toMatch(/neural: native runtime.*\nwidth 16\n$/)
  })

  test('warns about execution providers without onnxruntime-node', async () => {
    const { output } = await run(installed, { model, executionProviders: ['cuda'] }, projects.wasm)
    expect(output).toMatch(
      /^neural: falling back to the CPU, because cuda cannot be used: onnxruntime-web has no execution providers, install onnxruntime-node\n/,
    )
    expect(output).toMatch(/width 16\n$/)
  })

  test('if the native runtime does not load, uses the other one with a warning, or fails without one', async () => {
    const words = /^HD_RUNTIME onnxruntime-node is installed but does not load.*no binary for this platform/
    expect((await run(installed, { model }, projects.broken)).output).toMatch(words)
    expect((await run(installed, { model, runtime: 'native' }, projects.broken)).output).toMatch(words)
    const { resolve } = createRequire(import.meta.url)
    await symlink(
      join(dirname(resolve('onnxruntime-web')), '..'),
      join(projects.broken, 'node_modules/onnxruntime-web'),
      'junction',
    )
    const { output } = await run(installed, { model }, projects.broken)
    expect(output).toMatch(/does not load.*no binary for this platform; onnxruntime-web is used, which is slower\nneural: wasm/)
    expect(output).toMatch(/width 16\n$/)
  })
})

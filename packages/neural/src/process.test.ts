import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

/** Upscales one image and, like a careless script, closes nothing. Prints what is logged, and the width or the error. */
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

/** The package as a user has it who installed nothing else: what `files` names, and its dependencies. */
let lonely: string
/** Its entry. */
let alone: string
/** Projects beside it, by the ONNX runtime that they have. */
let projects: Record<'none' | 'native' | 'wasm' | 'broken', string>

const BUILT = join(PACKAGE, 'dist/index.mjs')
/** A model of the user's like any other. */
const model = join(PACKAGE, 'models/hd-x2.onnx')

beforeAll(async () => {
  lonely = await mkdtemp(join(tmpdir(), 'unplugin-hd-neural-'))
  const target = join(lonely, 'node_modules/@unplugin-hd/neural')
  await mkdir(target, { recursive: true })
  const { files } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as { files: string[] }
  for (const name of [...files, 'package.json']) await cp(join(PACKAGE, name), join(target, name), { recursive: true })
  for (const name of ['core', 'engine']) {
    const source = await realpath(join(PACKAGE, 'node_modules/@unplugin-hd', name))
    await symlink(source, join(lonely, 'node_modules/@unplugin-hd', name), 'junction')
  }
  alone = join(target, 'dist/index.mjs')
  const { resolve } = createRequire(import.meta.url)
  const project = async (name: string, runtime?: 'onnxruntime-node' | 'onnxruntime-web') => {
    const folder = join(lonely, name)
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
afterAll(() => rm(lonely, { recursive: true, force: true }))

describe('the built-in model', () => {
  test.each([{}, { model: 'quality', threads: 1 }])('with %j ends with its process, without close()', async (options) => {
    expect(await run(alone, options, projects.none)).toEqual({ code: 0, output: 'width 16\n' })
  })

  test('in the middle of an image keeps the exit status of process.exit()', async () => {
    expect(await run(alone, { size: 900, exit: 7 }, projects.none)).toEqual({ code: 7, output: '' })
  })

  test('does not care which ONNX runtime is installed', async () => {
    for (const project of Object.values(projects)) {
      expect(await run(alone, {}, project)).toEqual({ code: 0, output: 'width 16\n' })
    }
  })
})

test('damaged weights, and none, are an error that says what to do', async () => {
  const target = join(lonely, 'node_modules/damaged')
  await cp(dirname(dirname(alone)), target, { recursive: true })
  const weights = join(target, 'models/hd-x2.hdw')
  const bytes = await readFile(weights)
  bytes[1000]! ^= 1
  await writeFile(weights, bytes)
  const words = /^HD_MODEL .*the weights.*Reinstall @unplugin-hd\/neural/
  expect((await run(join(target, 'dist/index.mjs'), {}, projects.none)).output).toMatch(words)
  await rm(weights)
  expect((await run(join(target, 'dist/index.mjs'), {}, projects.none)).output).toMatch(words)
})

describe('a model of the user', () => {
  const runtimes = ['native', 'wasm'] as const

  test.each(runtimes)('with %s ends with its process, without close()', async (runtime) => {
    const { code, output } = await run(alone, { model }, projects[runtime])
    expect(output).toBe(`neural: ${runtime} runtime, a model of factor 2\nwidth 16\n`)
    expect(code).toBe(0)
  })

  test.each(runtimes)('in the middle of an image with %s keeps the exit status of process.exit()', async (runtime) => {
    const { code, output } = await run(alone, { model, tile: 200, size: 500, exit: 7 }, projects[runtime])
    expect(output).toBe(`neural: ${runtime} runtime, a model of factor 2\n`)
    expect(code).toBe(7)
  })

  test('without a runtime says in one line what to install', async () => {
    const { output } = await run(alone, { model }, projects.none)
    expect(output).toMatch(
      /^HD_RUNTIME a model of your own needs an ONNX runtime, and none is installed.*npm install -D onnxruntime-node.*npm install -D onnxruntime-web.*\n$/,
    )
  })

  test.each([
    ['native', 'wasm', /^HD_RUNTIME onnxruntime-node is not installed.*ONNXRUNTIME_NODE_INSTALL=skip/],
    ['wasm', 'native', /^HD_RUNTIME onnxruntime-web is not installed.*npm install -D onnxruntime-web/],
  ] as const)('asked for %s where there is only %s, says how to install it', async (runtime, present, words) => {
    expect((await run(alone, { model, runtime }, projects[present])).output).toMatch(words)
  })

  test('in WASM earns one word about the native runtime, where work is long', async () => {
    const { output } = await run(alone, { model, size: 1600, tile: 64, overlap: 12, exit: 0 }, projects.wasm)
    // Where there is a native runtime at all.
    if (['linux', 'win32'].includes(process.platform)) expect(output.match(/npm install -D onnxruntime-node/g)).toHaveLength(1)
  })

  test.each([
    [['nonsense'], /CPU is used, since nonsense cannot be: onnxruntime-node has cpu/],
    [['nonsense', 'cuda', 'cpu'], /CPU is used, since nonsense, cuda cannot be/],
    [['cpu'], /^neural: native runtime/],
  ])('with the execution providers %j is made all the same', async (executionProviders, words) => {
    const { output } = await run(BUILT, { model, runtime: 'native', executionProviders }, lonely)
    expect(output).toMatch(words)
    expect(output).toMatch(/neural: native runtime.*\nwidth 16\n$/)
  })

  test('with a provider that the runtime has but that cannot work here is left to the CPU', async () => {
    const { output } = await run(BUILT, { model, executionProviders: ['webgpu', { name: 'cuda' }] }, lonely)
    // On a machine with a graphics card there is nothing to say.
    expect(output).toMatch(/neural: native runtime.*\nwidth 16\n$/)
  })

  test('with execution providers and without onnxruntime-node is a warning', async () => {
    const { output } = await run(alone, { model, executionProviders: ['cuda'] }, projects.wasm)
    expect(output).toMatch(/^neural: the CPU is used, since cuda cannot be: onnxruntime-web has none, onnxruntime-node has\n/)
    expect(output).toMatch(/width 16\n$/)
  })

  test('with a native runtime that does not load is made by the other one, with a warning, or fails where there is none', async () => {
    const words = /^HD_RUNTIME onnxruntime-node is installed but does not load.*no binary for this platform/
    expect((await run(alone, { model }, projects.broken)).output).toMatch(words)
    expect((await run(alone, { model, runtime: 'native' }, projects.broken)).output).toMatch(words)
    const { resolve } = createRequire(import.meta.url)
    await symlink(
      join(dirname(resolve('onnxruntime-web')), '..'),
      join(projects.broken, 'node_modules/onnxruntime-web'),
      'junction',
    )
    const { output } = await run(alone, { model }, projects.broken)
    expect(output).toMatch(/does not load.*no binary for this platform; onnxruntime-web is used, which is slower\nneural: wasm/)
    expect(output).toMatch(/width 16\n$/)
  })
})

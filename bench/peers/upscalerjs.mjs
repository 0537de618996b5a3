// UpscalerJS with its model esrgan-slim, on the WASM backend of TensorFlow.js, as an upscaler of ours.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const HERE = path.dirname(fileURLToPath(import.meta.url))
const MODULES = path.join(HERE, 'node_modules')
/** Where its imports of TensorFlow.js are found. */
const BUNDLE = path.join(MODULES, '.bundle/upscalerjs.mjs')

/** Ready to work, or `undefined`, with a word about it, where it cannot be installed. */
export async function openUpscalerJs() {
  if (!existsSync(MODULES) && !install()) return undefined
  await bundle()
  const require = createRequire(import.meta.url)
  const tf = require('@tensorflow/tfjs')
  const wasm = require('@tensorflow/tfjs-backend-wasm')
  wasm.setWasmPaths(`${path.join(MODULES, '@tensorflow/tfjs-backend-wasm/dist')}/`)
  await tf.setBackend('wasm')
  await tf.ready()
  const { Upscaler, model } = await import(pathToFileURL(BUNDLE).href)
  const artifacts = await readModel(path.join(MODULES, '@upscalerjs/esrgan-slim/models/x2'))
  // It would fetch its weights by HTTP; here they come from the package.
  tf.io.registerLoadRouter((url) => (url === 'package:x2' ? tf.io.fromMemory(artifacts) : null))
  const upscaler = new Upscaler({ model: { ...model, path: 'package:x2' } })
  return {
    name: 'upscalerjs',
    version: '1.0.0-esrgan-slim',
    async upscale(image) {
      const { width, height, data } = await image.pixels()
      const source = tf.tensor3d(data, [height, width, 3], 'int32')
      const doubled = await upscaler.upscale(source, { output: 'tensor' })
      const values = await doubled.data()
      tf.dispose([source, doubled])
      return {
        width: 2 * width,
        height: 2 * height,
        data: Uint8Array.from(values, (value) => Math.min(255, Math.max(0, value + 0.5))),
      }
    },
    close: () => upscaler.dispose(),
  }
}

/** 317 MB, so not a part of the workspace. */
function install() {
  console.error('installing UpscalerJS and TensorFlow.js into bench/peers')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const options = { cwd: HERE, shell: process.platform === 'win32', encoding: 'utf8' }
  const { status, stderr } = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], options)
  if (status !== 0) console.error(`UpscalerJS is left out, since it could not be installed:\n${stderr}`)
  return status === 0
}

/** Its ES modules import folders, which Node does not resolve; a bundler does. */
async function bundle() {
  const { build } = await import('vite')
  const entry = path.join(HERE, 'entry.mjs')
  mkdirSync(path.dirname(BUNDLE), { recursive: true })
  await build({
    root: HERE,
    configFile: false,
    logLevel: 'silent',
    build: {
      lib: { entry, formats: ['es'], fileName: () => path.basename(BUNDLE) },
      outDir: path.dirname(BUNDLE),
      emptyOutDir: false,
      minify: false,
      rollupOptions: { external: [/^@tensorflow\//], onwarn() {} },
    },
  })
}

async function readModel(folder) {
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8'))
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights)
  const shards = await Promise.all(weightsManifest.flatMap(({ paths }) => paths).map((name) => readFile(path.join(folder, name))))
  const bytes = Uint8Array.from(Buffer.concat(shards))
  return { modelTopology, weightSpecs, weightData: bytes.buffer }
}

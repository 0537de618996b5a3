// What is compared: each method doubles an image of 3 or 4 channels.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { createHd, resample, resolveOptions } from '../../packages/core/dist/index.mjs'
import { neural } from '@unplugin-hd/neural'
import { openUpscalerJs } from '../peers/upscalerjs.mjs'

const silent = { debug() {}, info() {}, warn() {} }

/**
 * Opens the methods, in the order of the table: name to `{ double(image), close() }`.
 * @param {{ model?: string, peers: boolean }} options `model`: an ONNX file to be judged beside the shipped one
 */
export async function openMethods({ model, peers }) {
  const methods = {
    'sharp resize': { double: sharpResize, close() {} },
    bicubic: ofUpscaler(resample({ interpolator: 'bicubic' })),
    nohalo: ofUpscaler(resample({ interpolator: 'nohalo' })),
  }
  const upscalerJs = peers ? await openUpscalerJs() : undefined
  if (upscalerJs) methods['UpscalerJS'] = ofUpscaler(upscalerJs)
  methods['neural'] = ofUpscaler(neural())
  methods['neural, quality'] = ofUpscaler(neural({ model: 'quality' }))
  if (model) methods[path.basename(model)] = ofUpscaler(neural({ model }))
  return methods
}

/** As one finds it: the default kernel. The others are within 0.1 dB. */
async function sharpResize({ width, height, channels, data }) {
  const resized = sharp(data, { raw: { width, height, channels } }).resize(2 * width, 2 * height)
  return { width: 2 * width, height: 2 * height, channels, data: await resized.raw().toBuffer() }
}

/** Opaque images go to the upscaler as they are; transparent ones the whole way of the plugin, which takes alpha apart. */
function ofUpscaler(upscaler) {
  const context = { signal: new AbortController().signal, log: silent, onProgress() {}, memo: new Map() }
  return {
    async double(image) {
      if (image.channels === 4) return doubleWithAlpha(image, upscaler)
      const { width, height, data } = image
      const input = { width, height, pixels: async () => ({ width, height, data: Uint8Array.from(data) }) }
      return { ...(await upscaler.upscale(input, context)), channels: 3 }
    },
    close: () => upscaler.close?.(),
  }
}

async function doubleWithAlpha({ width, height, channels, data }, upscaler) {
  const root = await mkdtemp(path.join(tmpdir(), 'hd-bench-'))
  try {
    const file = path.join(root, 'image.png')
    await sharp(data, { raw: { width, height, channels } }).png().toFile(file)
    // A wrapper, since closing the session closes its upscaler, which is wanted again.
    const { name, version, upscale } = upscaler
    const lent = { name, version, upscale: (...call) => upscale.apply(upscaler, call) }
    const options = resolveOptions({ upscaler: lent }, { root, env: {}, defaultUpscaler: resample })
    const hd = createHd(options, { log: silent })
    const { bytes } = await hd.job(await hd.source(file)).make()
    await hd.close()
    const doubled = await sharp(bytes).ensureAlpha().raw().toBuffer()
    return { width: 2 * width, height: 2 * height, channels, data: doubled }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

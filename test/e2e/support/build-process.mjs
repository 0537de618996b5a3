// A Vite build in a process of its own. Prints the name of each image that is upscaled, before it is.
// Arguments: project folder, cache folder, output folder (both absolute), the cache's cap in bytes.
import { writeSync } from 'node:fs'
import path from 'node:path'
import hd from 'unplugin-hd/vite'
import { build } from 'vite'

const [root, cache, outDir, maxBytes] = process.argv.slice(2)

const upscaler = {
  name: 'doubling',
  version: '1',
  async upscale(image) {
    writeSync(1, `${image.file}\n`)
    const { width, height, data } = await image.pixels()
    const doubled = new Uint8Array(12 * width * height)
    for (let at = 0; at < 4 * width * height; at++) {
      const source = ((at % (2 * width)) >> 1) + width * (Math.floor(at / (2 * width)) >> 1)
      doubled.set(data.subarray(3 * source, 3 * source + 3), 3 * at)
    }
    return { width: 2 * width, height: 2 * height, data: doubled }
  },
}

await build({
  root,
  configFile: false,
  logLevel: 'silent',
  plugins: [hd({ upscaler, cache: { dir: cache, maxBytes: maxBytes ? Number(maxBytes) : undefined } })],
  build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, rollupOptions: { input: path.join(root, 'main.js') } },
})

// Builds in a process of its own, as a user's script does, and says on stdout what came of it:
//   node child.mjs <bundler> <root> <options of the plugin, JSON> <configuration of webpack or Rspack, JSON>
// `"upscaler": "doubling"` in the options is an upscaler that counts its calls; otherwise it is the default.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const [bundler, root, json = '{}', configuration = '{}'] = process.argv.slice(2)
const options = JSON.parse(json)
const config = JSON.parse(configuration)
let calls = 0
if (options.upscaler === 'doubling') {
  options.upscaler = {
    name: 'doubling',
    version: '1',
    async upscale(image) {
      calls++
      const { width, height, data } = await image.pixels()
      const doubled = new Uint8Array(12 * width * height)
      for (let at = 0; at < 4 * width * height; at++) {
        const source = ((at % (2 * width)) >> 1) + width * (Math.floor(at / (2 * width)) >> 1)
        doubled.set(data.subarray(3 * source, 3 * source + 3), 3 * at)
      }
      return { width: 2 * width, height: 2 * height, data: doubled }
    },
  }
}
const input = path.join(root, 'main.js')
const dir = path.join(root, 'dist')

/** webpack and Rspack. */
async function compile(create, hd) {
  const compiler = create({
    mode: 'production',
    context: root,
    entry: './main.js',
    output: { path: dir },
    infrastructureLogging: { level: 'error' },
    plugins: [hd(options)],
    ...config,
  })
  const stats = await promisify(compiler.run.bind(compiler))()
  await promisify(compiler.close.bind(compiler))()
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true })
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'))
  return warnings.map(({ message }) => message)
}

const builds = {
  async rollup() {
    const { default: hd } = await import('unplugin-hd/rollup')
    const bundle = await (await import('rollup')).rollup({ input, plugins: [hd(options)], logLevel: 'warn' })
    await bundle.write({ dir })
    await bundle.close()
  },
  async rolldown() {
    const { default: hd } = await import('unplugin-hd/rolldown')
    await (await import('rolldown')).build({ input, plugins: [hd(options)], logLevel: 'warn', output: { dir } })
  },
  webpack: async () => compile((await import('webpack')).default, (await import('unplugin-hd/webpack')).default),
  rspack: async () => compile((await import('@rspack/core')).rspack, (await import('unplugin-hd/rspack')).default),
  async esbuild() {
    const { default: hd } = await import('unplugin-hd/esbuild')
    const { build } = await import('esbuild')
    await build({
      entryPoints: [input],
      absWorkingDir: root,
      outdir: dir,
      bundle: true,
      logLevel: 'warning',
      plugins: [hd(options)],
    })
  },
}

const result = { warnings: [] }
try {
  result.warnings = (await builds[bundler]()) ?? []
} catch (error) {
  result.error = error.message
}
console.log(JSON.stringify({ ...result, calls, written: existsSync(dir) }))

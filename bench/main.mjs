// `pnpm bench NAME [options]`. Without a name: the two that watch over the plugin's own overhead.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const NAMES = {
  cached: 'a fully cached build, beside none and vite-imagetools',
  remote: 'a build in a fresh clone that finds all images in a remote cache, beside one with a local cache',
  neural: 'what neural() costs beside the bare engine',
  dev: "what Vite's dev server makes a page with 20 photos wait for ([rounds] [neural|resample])",
  quality: 'upscalers judged on held-out images (--help)',
  page: 'measures anew what is named (speed, quality, cached), and writes docs/measurements.md',
  speed: 'the engine beside onnxruntime-node and -web, neural() beside UpscalerJS (--help)',
}
const [name, ...options] = process.argv.slice(2)

if (name === undefined) for (const each of ['cached', 'neural']) run(each, [])
else if (Object.hasOwn(NAMES, name)) run(name, options)
else {
  const list = Object.entries(NAMES).map(([each, what]) => `  ${each.padEnd(8)} ${what}`)
  console.error(`There is no bench '${name}'. There are:\n${list.join('\n')}`)
  process.exitCode = 1
}

function run(each, rest) {
  const script = fileURLToPath(new URL(`${each}.mjs`, import.meta.url))
  const { status } = spawnSync(process.execPath, [script, ...rest], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

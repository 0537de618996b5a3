import { median } from '../statistics.mjs'
import { formatTable } from './table.mjs'

/**
 * PSNR of luma on Set5 in dB, 2x. The images are not in the repository, so these figures are not measured with the others:
 * `pnpm bench quality --folder` with the images gives them.
 */
export const SET5 = {
  "`neural({ model: 'quality' })`": '37.06',
  '`neural()`': '36.85',
  '`resample()` (nohalo)': '34.13',
  "`resample({ interpolator: 'bicubic' })`, on centre": '33.66',
  "sharp's `resize` (Lanczos-3), half an output pixel off centre": '30.49',
}

const KINDS = ['photo', 'illustration', 'text', 'alpha']
const CONDITIONS = { clean: 'clean', area: 'area', jpeg95: 'JPEG 95', jpeg85: 'JPEG 85', jpeg75: 'JPEG 75' }
const METHODS = ['bicubic', 'nohalo', 'neural', 'neural, quality']

/** docs/measurements.md. */
export function renderPage({ speed, quality, cached }) {
  return `# Measurements

Written by \`pnpm bench page\`. Nothing was left out because it looked bad; run the benches on your machine.

## Speed

\`pnpm bench speed\`, ${on(speed)}: whole \`upscale()\` calls on the same photos.

${formatTable(['', 'output megapixels per second', 'times UpscalerJS'], wholeRows(speed))}

UpscalerJS is \`@upscalerjs/esrgan-slim\`, 2x, on the WASM backend of TensorFlow.js. \`neural({ model: 'quality' })\` takes eight times as long as the default.

The engine computes the network of \`neural()\`. Time of the others relative to the engine, for the same network with as many threads; and how much faster two threads of the engine are than one:

${formatTable(ENGINE_HEAD, engineRows(speed))}

onnxruntime-node is native code, and uses AVX-512 where the processor has it, whose vectors are four times as wide as those of WebAssembly. The first image took the engine, beyond the work itself, ${startRange(speed)} ms (images of up to 512x512).

## Quality

Set5, 2x, PSNR of luma in dB; more is better:

${formatTable(['', 'Set5'], Object.entries(SET5))}

Papers report 37.76 dB for networks of this shape, which are trained for clean bicubic reductions and measured on those. This one is also trained on JPEG, which costs a little here and gains where sources are JPEG.

\`pnpm bench quality\`, ${on(quality)}, on images of the repository that no upscaler has learnt from, halved and doubled again; PSNR of luma in dB:

${KINDS.map((kind) => `${title(kind, quality)}\n\n${formatTable(['', ...conditionsOf(kind, quality).map((condition) => CONDITIONS[condition])], qualityRows(kind, quality))}`).join('\n\n')}

The bench also prints SSIM, GMSD, Butteraugli and SSIMULACRA, and writes a page to look at.

## Builds from the cache

\`pnpm bench cached\`, ${on(cached)}: ${cached.images} images with Vite, all from the cache.

${formatTable(['', 'milliseconds an image more than importing the finished files'], cachedRows(cached))}

## Size

A default installation of \`unplugin-hd\` is 28 MB (\`du -sm\`), of which 20 are sharp with libvips.

## Repeat it

\`\`\`sh
npx -y pnpm@10 install
npx -y pnpm@10 bench speed
npx -y pnpm@10 bench quality
npx -y pnpm@10 bench cached
\`\`\`

UpscalerJS is installed on demand. Pull requests that touch the engine are measured against their base on one machine, through the time of ONNX Runtime in the same run.
`
}

const on = ({ month, machine, node }) => `${month}, ${machine}, Node ${node}`

/** Output megapixels per second. @returns {string} of `neural(), 2 threads` and the like */
export function wholeSpeed(speed, name) {
  return speed.whole.find((each) => each.name === name).speed.toFixed(2)
}

function wholeRows({ whole }) {
  const named = whole.toSorted((one, other) => other.speed - one.speed)
  return named.map(({ name, speed, ratio }) => [
    name.replace('neural()', '`neural()`'),
    speed.toFixed(2),
    name === 'UpscalerJS' ? '' : ratio.toFixed(1),
  ])
}

export const ENGINE_HEAD = [
  'source',
  'onnxruntime-node, 1 thread',
  '2 threads',
  'onnxruntime-web, 1 thread',
  '2 threads',
  'engine, 2 threads beside 1',
]

/** How many times as long as the engine others take, by size; and how many times as fast two threads are as one. */
export function engineRows({ network }) {
  const best = (name, size, threads) =>
    network.find((each) => each.name === name && each.size === size && each.threads === threads).best
  const sizes = [...new Set(network.map(({ size }) => size))]
  return sizes.map((size) => [
    size,
    ...['onnxruntime-node', 'onnxruntime-web'].flatMap((name) =>
      [1, 2].map((threads) => (best(name, size, threads) / best('engine', size, threads)).toFixed(2)),
    ),
    (best('engine', size, 1) / best('engine', size, 2)).toFixed(2),
  ])
}

/** @returns {string} the least and the greatest in milliseconds, of images that are small enough for a clear figure */
export function startRange({ network }) {
  const starts = network
    .filter(({ name }) => name === 'engine')
    .filter(({ size }) => areaOf(size) <= 512 * 512)
    .map(({ start }) => start)
  return `${Math.min(...starts).toFixed(0)} to ${Math.max(...starts).toFixed(0)}`
}

const areaOf = (size) => size.split('x').reduce((area, length) => area * length, 1)

const title = (kind, { means }) => {
  const { images } = means.find((each) => each.kind === kind)
  return `${kind[0].toUpperCase()}${kind.slice(1)}, ${images} images:`
}

const conditionsOf = (kind, { means }) =>
  Object.keys(CONDITIONS).filter((condition) => means.some((each) => each.kind === kind && each.condition === condition))

function qualityRows(kind, quality) {
  return METHODS.map((method) => [
    method,
    ...conditionsOf(kind, quality).map((condition) =>
      quality.means.find((each) => each.kind === kind && each.condition === condition && each.method === method).psnr.toFixed(2),
    ),
  ])
}

function cachedRows({ images, times }) {
  const plain = median(times.plain)
  return Object.entries({ hd: 'unplugin-hd', imagetools: 'vite-imagetools, its own cache' }).map(([name, label]) => [
    label,
    ((median(times[name]) - plain) / images).toFixed(2),
  ])
}

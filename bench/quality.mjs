// Judges upscalers: images are halved, doubled again and compared with what they were. Prints the mean PSNR (dB), SSIM and GMSD
// of Y, and Butteraugli and SSIMULACRA where their tools are, by kind of image and by what the source went through, and writes a
// page to look at.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { printMachine } from './machine.mjs'
import { judge, means } from './quality/judge.mjs'
import { openMethods } from './quality/methods.mjs'
import { MISSING, openPerceptual } from './quality/perceptual.mjs'
import { HELD_OUT, readImages } from './quality/images.mjs'
import { CONDITIONS } from './quality/reduce.mjs'
import { createSheet } from './quality/sheet.mjs'
import { formatTables } from './quality/tables.mjs'

const HELP = `pnpm bench quality [options]
  --folder DIR     images of your own (PNG or WebP, lossless; subfolders are kinds) instead of the repository's
  --model FILE     an ONNX model to be judged beside the shipped one
  --conditions A,B of ${Object.keys(CONDITIONS).join(', ')} (default: all)
  --no-peers       leaves UpscalerJS out, which takes most of the time
  --no-perceptual  leaves Butteraugli and SSIMULACRA out, which take half of the rest
  --each           prints every image, too
  --json           prints JSON instead of tables
  --out DIR        for quality.html (default: bench/out)`

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: HELD_OUT },
    model: { type: 'string' },
    conditions: { type: 'string', default: Object.keys(CONDITIONS).join(',') },
    'no-peers': { type: 'boolean', default: false },
    'no-perceptual': { type: 'boolean', default: false },
    each: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    out: { type: 'string', default: fileURLToPath(new URL('out', import.meta.url)) },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(HELP)
else await main()

async function main() {
  const conditions = values.conditions.split(',')
  for (const name of conditions) if (!Object.hasOwn(CONDITIONS, name)) throw new Error(`no condition '${name}'\n${HELP}`)
  if (!values.json) printMachine(['@unplugin-hd/neural', 'sharp'])
  const methods = await openMethods({ model: values.model, peers: !values['no-peers'] })
  const perceptual = values['no-perceptual'] ? undefined : await openPerceptual()
  if (!perceptual && !values['no-perceptual']) console.error(MISSING)
  try {
    const { rows, sheet } = await judgeAll(methods, conditions, perceptual)
    await mkdir(values.out, { recursive: true })
    const page = path.join(values.out, 'quality.html')
    await writeFile(page, sheet.html())
    if (values.json) console.log(JSON.stringify({ rows, means: means(rows) }, undefined, 1))
    else console.log(`${formatTables(rows, Object.keys(methods), conditions, values)}\nTo look at: ${page}`)
  } finally {
    await perceptual?.close()
    for (const { close } of Object.values(methods)) await close()
  }
}

async function judgeAll(methods, conditions, perceptual) {
  const sheet = createSheet()
  const rows = []
  for await (const image of readImages(values.folder)) {
    for (const condition of conditions) {
      // JPEG knows no transparency.
      if (image.kind === 'alpha' && condition.startsWith('jpeg')) continue
      const half = await CONDITIONS[condition](image)
      const results = {}
      for (const [method, { double }] of Object.entries(methods)) {
        const doubled = await double(half)
        const figures = await judge(doubled, image, perceptual)
        rows.push({ kind: image.kind, image: image.name, condition, method, ...figures })
        results[method] = { ...doubled, figures }
      }
      if (condition === 'clean' || condition === 'jpeg85')
        await sheet.add(`${image.kind}/${image.name}, ${condition}`, image, results)
    }
    showProgress(image.name)
  }
  showProgress('')
  return { rows, sheet }
}

function showProgress(text) {
  if (!values.json && process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`)
}

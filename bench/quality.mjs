// Judges upscalers: pictures are halved, doubled again and compared with what they were. Prints the mean PSNR (dB), SSIM and
// GMSD (less is better) of Y by kind of picture and by what the source went through, and writes a page to look at.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { printMachine } from './machine.mjs'
import { gmsd, luma, psnr, ssim } from './quality/measures.mjs'
import { openMethods } from './quality/methods.mjs'
import { HELD_OUT, readPictures } from './quality/pictures.mjs'
import { CONDITIONS } from './quality/reduce.mjs'
import { createSheet } from './quality/sheet.mjs'

const HELP = `pnpm bench quality [options]
  --folder DIR     pictures of your own (PNG or WebP, lossless; subfolders are kinds) instead of the repository's
  --model FILE     an ONNX model to be judged beside the shipped one
  --conditions A,B of ${Object.keys(CONDITIONS).join(', ')} (default: all)
  --no-peers       leaves UpscalerJS out, which takes most of the time
  --each           prints every picture, too
  --json           prints JSON instead of tables
  --out DIR        for quality.html (default: bench/out)`

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: HELD_OUT },
    model: { type: 'string' },
    conditions: { type: 'string', default: Object.keys(CONDITIONS).join(',') },
    'no-peers': { type: 'boolean', default: false },
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
  const sheet = createSheet()
  const rows = []
  for await (const picture of readPictures(values.folder)) {
    for (const condition of conditions) {
      // JPEG knows no transparency.
      if (picture.kind === 'alpha' && condition.startsWith('jpeg')) continue
      const half = await CONDITIONS[condition](picture)
      const results = {}
      for (const [method, { double }] of Object.entries(methods)) {
        const doubled = await double(half)
        rows.push({ kind: picture.kind, picture: picture.name, condition, method, ...judge(doubled, picture) })
        results[method] = doubled
      }
      if (condition === 'clean' || condition === 'jpeg85')
        await sheet.add(`${picture.kind}/${picture.name}, ${condition}`, picture, results)
    }
    if (!values.json && process.stderr.isTTY) process.stderr.write(`\r\u001B[K${picture.name}`)
  }
  if (!values.json && process.stderr.isTTY) process.stderr.write('\r\u001B[K')
  for (const { close } of Object.values(methods)) await close()
  await mkdir(values.out, { recursive: true })
  const page = path.join(values.out, 'quality.html')
  await writeFile(page, sheet.html())
  if (values.json) console.log(JSON.stringify({ rows, means: means(rows) }, undefined, 1))
  else {
    print(rows, Object.keys(methods), conditions)
    console.log(`To look at: ${page}`)
  }
}

/** Transparent pictures are judged as they show on white and on black. */
function judge(doubled, picture) {
  const grounds = picture.channels === 4 ? [255, 0] : [undefined]
  const figures = grounds.map((ground) => {
    const [one, other] = [doubled, picture].map((each) => luma(ground === undefined ? each : put(each, ground)))
    return { psnr: psnr(one, other), ssim: ssim(one, other), gmsd: gmsd(one, other) }
  })
  const mean = (key) => figures.reduce((sum, figure) => sum + figure[key], 0) / figures.length
  return { psnr: mean('psnr'), ssim: mean('ssim'), gmsd: mean('gmsd') }
}

function put({ width, height, data }, ground) {
  const opaque = new Uint8Array(3 * width * height)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = data[4 * pixel + 3] / 255
    for (let channel = 0; channel < 3; channel++) {
      opaque[3 * pixel + channel] = Math.round(data[4 * pixel + channel] * alpha + ground * (1 - alpha))
    }
  }
  return { width, height, data: opaque }
}

function means(all) {
  const groups = new Map()
  for (const row of all) {
    const key = [row.kind, row.condition, row.method].join('\t')
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups].map(([key, members]) => {
    const [kind, condition, method] = key.split('\t')
    const mean = (of) => members.reduce((sum, row) => sum + row[of], 0) / members.length
    return { kind, condition, method, pictures: members.length, psnr: mean('psnr'), ssim: mean('ssim'), gmsd: mean('gmsd') }
  })
}

function print(all, methods, conditions) {
  const table = (title, rowsOf) => {
    const present = conditions.filter((condition) => rowsOf.some((row) => row.condition === condition))
    console.log(`${title.padEnd(24)}${present.map((condition) => condition.padEnd(20)).join('')}`)
    for (const method of methods) {
      const cells = present.map((condition) =>
        formatRow(rowsOf.find((row) => row.condition === condition && row.method === method)),
      )
      console.log(`  ${method.padEnd(22)}${cells.join('')}`)
    }
    console.log()
  }
  console.log('PSNR (dB), SSIM and GMSD (less is better) of Y, border of 2 left out\n')
  if (values.each) {
    for (const name of new Set(all.map(({ kind, picture }) => `${kind}/${picture}`))) {
      table(
        name,
        all.filter(({ kind, picture }) => `${kind}/${picture}` === name),
      )
    }
  }
  const averaged = means(all)
  for (const kind of new Set(averaged.map((row) => row.kind))) {
    const members = averaged.filter((row) => row.kind === kind)
    table(`${kind} (${members[0].pictures})`, members)
  }
}

function formatRow(row) {
  return (row ? `${row.psnr.toFixed(2)} ${row.ssim.toFixed(4)} ${row.gmsd.toFixed(3)}` : '').padEnd(20)
}

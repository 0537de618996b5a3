// Writes docs/public/before-after-{light,dark}.webp, the image of the README: a crop as Chromium enlarges it beside what `?hd` makes
// of it, pixel for pixel. The photo is bench/images/photo/branches.png (MIT; see origin.tsv), which no upscaler has learnt from.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { build } from './build.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCE = path.join(ROOT, 'bench', 'images', 'photo', 'branches.png')
/** The crop, in pixels of the source. */
const CROP = { left: 176, top: 22, width: 200, height: 150 }
/** Of the source. */
const WIDTH = 384
const sharp = createRequire(path.join(ROOT, 'bench', 'package.json'))('sharp')

build({ quiet: true })
const folder = mkdtempSync(path.join(tmpdir(), 'unplugin-hd-before-after-'))
const doubled = path.join(folder, 'doubled.png')
const hd = path.join(ROOT, 'packages', 'unplugin-hd', 'bin', 'hd.mjs')
const { status, stderr } = spawnSync(process.execPath, [hd, 'upscale', SOURCE, '--out', doubled], {
  cwd: folder,
  encoding: 'utf8',
})
if (status !== 0) throw new Error(stderr)

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
try {
  for (const scheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport: { width: 824, height: 340 } })
    await page.setContent(html(scheme), { waitUntil: 'load' })
    const png = await page.screenshot()
    const file = path.join(ROOT, 'docs', 'public', `before-after-${scheme}.webp`)
    writeFileSync(file, await sharp(png).webp({ quality: 92, effort: 6 }).toBuffer())
    console.log(file)
  }
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}

function html(scheme) {
  const [ground, text] = scheme === 'light' ? ['#ffffff', '#1f2328'] : ['#0d1117', '#f0f6fc']
  return `<!doctype html><style>
    body { margin: 0; display: flex; gap: 24px; background: ${ground}; color: ${text}; font: 15px system-ui, 'DejaVu Sans', sans-serif }
    figure { margin: 0 } figcaption { padding: 10px 2px } code { font-family: ui-monospace, 'DejaVu Sans Mono', monospace }
    div { width: ${2 * CROP.width}px; height: ${2 * CROP.height}px; overflow: hidden; border-radius: 6px; position: relative }
    img { position: absolute; left: ${-2 * CROP.left}px; top: ${-2 * CROP.top}px }
  </style>${panel(SOURCE, 2 * WIDTH, "<code>'./branches.png'</code> on a 2x screen")}${panel(doubled, 2 * WIDTH, "<code>'./branches.png?hd'</code>")}`
}

function panel(file, width, label) {
  return `<figure><div><img src="${url(file)}" style="width:${width}px"></div><figcaption>${label}</figcaption></figure>`
}

function url(file) {
  return `data:image/png;base64,${readFileSync(file).toString('base64')}`
}

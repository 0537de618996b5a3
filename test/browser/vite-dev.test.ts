import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import hd from 'unplugin-hd/vite'
import type { InlineConfig } from 'vite'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { gated, isReal } from '../e2e/support/gated.ts'
import { createProject } from '../e2e/support/project.ts'
import { CHROMIUM, launch } from './support/chromium.ts'
import { doubled, visit } from './support/page.ts'

const PLACES = fileURLToPath(new URL('../../playground/vite-places', import.meta.url))

const VITES = [
  ['vite 8', () => import('vite')],
  // The versions differ only in types that are not used here.
  ['vite 7', () => import('vite7') as unknown as Promise<typeof import('vite')>],
] as const

/** A single neutral grey. */
function grey(level: number): Promise<Buffer> {
  return sharp({ create: { width: 20, height: 20, channels: 3, background: { r: level, g: level, b: level } } })
    .png()
    .toBuffer()
}

const PAGE = `<!doctype html>
<html>
  <head>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/style.css" />
    <style>
      body { margin: 0 }
      [id] { display: block; width: 20px; height: 20px; background-size: 20px 20px }
      #element { background-image: url('./p.png?hd') }
    </style>
  </head>
  <body>
    <img id="img" src="./p.png?hd" />
    <img id="as-img" src="./p.png?hd&as=img" />
    <img id="srcset" srcset="p.png 1x, ./p.png?hd 2x" />
    <picture><source srcset="./p.png?hd 2x" /><img id="source" src="p.png" /></picture>
    <video id="poster" poster="./p.png?hd"></video>
    <svg id="svg" viewBox="0 0 20 20"><image href="./p.png?hd" width="20" height="20" /></svg>
    <div id="style" style="background-image: url('./p.png?hd')"></div>
    <div id="element"></div>
    <div id="sheet"></div>
    <div id="media"></div>
    <div id="set"></div>
    <div id="variable"></div>
    <div id="imported"></div>
    <div id="from-script"></div>
    <div id="adopted"></div>
    <div id="shadow"></div>
    <canvas id="canvas" width="20" height="20"></canvas>
    <script type="module" src="/main.js"></script>
  </body>
</html>`

const STYLE = `
#sheet { background: url('./p.png?hd') 0 0 / 20px 20px }
@media screen { #media { background-image: url('./p.png?hd') } }
#set { background-image: url('./p.png?hd&as=srcset') }
:root { --image: url('./p.png?hd') }
#variable { background-image: var(--image) }
`

const MAIN = `
import './imported.css'
import url from './p.png?hd'
const of = (id) => document.getElementById(id)

of('from-script').append(Object.assign(new Image(20, 20), { src: new URL('./p.png?hd', import.meta.url).href }))

const sheet = new CSSStyleSheet()
sheet.replaceSync('#adopted { background-image: url(' + url + ') }')
document.adoptedStyleSheets.push(sheet)

of('shadow').attachShadow({ mode: 'open' }).innerHTML = '<img width="20" height="20" src="' + url + '">'

const draw = (src) => {
  const image = new Image()
  image.onload = () => of('canvas').getContext('2d').drawImage(image, 0, 0, 20, 20)
  image.src = src
}
const absolute = new URL(url, location.href).href
draw(absolute)
import.meta.hot.accept('./p.png?hd', () => (window.updates = (window.updates ?? 0) + 1))
addEventListener('unplugin-hd:ready', ({ detail }) => detail.url === absolute && draw(detail.newUrl))
`

describe.skipIf(CHROMIUM === undefined)("Vite's dev server in a browser", () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  describe.each(VITES)('%s', (_, load) => {
    async function serve(config: InlineConfig): Promise<string> {
      const { createServer } = await load()
      const server = await createServer({
        configFile: false,
        logLevel: 'silent',
        ...config,
        server: { host: '127.0.0.1', port: 0, ...config.server },
      })
      onTestFinished(() => server.close())
      await server.listen()
      return server.resolvedUrls!.local[0]!
    }

    test('every place of playground/vite-places shows a 2x, at first and when it is made', async () => {
      const project = await createProject()
      const upscaler = gated()
      const url = await serve({
        root: PLACES,
        base: '/sub/',
        cacheDir: path.join(project.root, 'vite'),
        resolve: { alias: { '@': path.join(PLACES, 'src') } },
        plugins: [hd(project.options({ upscaler }))],
      })
      const look = async (factor: number): Promise<void> => {
        const pages = ['index.html', 'sets.html']
        const visits = await Promise.all(pages.map((page) => visit(browser, url + page, factor)))
        expect(visits.flatMap(({ faults }) => faults)).toEqual([])
        for (const { place, source, isSet, pixels, natural, isLoaded, url: shown } of visits.flatMap(({ seen }) => seen)) {
          expect(isLoaded, `${place}: ${shown}`).toBe(true)
          expect(pixels, `${place}: ${shown}`).toBe(isSet && factor === 1 ? source : doubled(source))
          if (natural !== undefined) expect(natural, place).toBe(isSet ? source : doubled(source))
        }
      }
      await look(2)
      upscaler.open()
      await look(1)
    })

    test('the real image replaces the preview everywhere without a reload, and so does an edited one', async () => {
      const project = await createProject({
        'p.png': await grey(90),
        'index.html': PAGE,
        'style.css': STYLE,
        'imported.css': `#imported { background-image: url('./p.png?hd') }`,
        'main.js': MAIN,
      })
      const upscaler = gated()
      const url = await serve({ root: project.root, plugins: [hd(project.options({ upscaler }))] })
      const page = await open(browser, url)
      const ids = await page.evaluate<string[]>('[...document.querySelectorAll("[id]")].map(({ id }) => id)')
      expect(ids).toHaveLength(17)
      expect(await realOnes(page, ids)).toEqual([])

      upscaler.open()
      await expect.poll(() => realOnes(page, ids), { timeout: 50_000 }).toEqual(ids)
      expect(await page.evaluate('window.marker')).toBe('still here')

      // Elements that are added later are updated too.
      await page.evaluate(`document.getElementById('img').outerHTML = '<img id="img" src="/p.png?hd">'`)
      await expect.poll(() => realOnes(page, ids), { timeout: 50_000 }).toEqual(ids)
      expect(await page.evaluate('window.updates')).toBe(1)

      await project.write('p.png', await grey(150))
      // Vite 8 reloads the page for its inline styles.
      const look = (): Promise<string[]> => realOnes(page, ids, 140).catch(() => [])
      await expect.poll(look, { timeout: 50_000 }).toEqual(ids)
      expect(page.faults).toEqual([])
    })

    test("an image that the browser cannot decode does not block others or Vite's later messages", async () => {
      const project = await createProject({
        'a.png': await grey(90),
        'b.png': await grey(120),
        'index.html': `<link rel="icon" href="data:,"><body style="margin: 0">
          <style>img { display: block; width: 20px; height: 20px }</style>
          <img id="a" src="./a.png?hd"><img id="b" src="./b.png?hd">`,
      })
      const upscaler = gated()
      const url = await serve({ root: project.root, plugins: [hd(project.options({ upscaler }))] })
      const script = `
        window.events = []
        HTMLImageElement.prototype.decode = () => (events.push('asked for'), new Promise(() => {}))
        new MutationObserver(() => events.push('shown')).observe(document, { attributes: true, subtree: true })`
      const page = await open(browser, url, script)
      upscaler.open()
      await expect.poll(() => realOnes(page, ['a', 'b']), { timeout: 50_000 }).toEqual(['a', 'b'])
      expect(await page.evaluate('events')).toEqual(['asked for', 'asked for', 'shown', 'shown'])
      expect(page.faults).toEqual([])
    })
  })
})

interface Watched extends Page {
  /** Errors of the console and the page. */
  faults: string[]
}

/** @param script runs in the page before its own scripts */
async function open(browser: Browser, url: string, script = ''): Promise<Watched> {
  const context = await browser.newContext({ deviceScaleFactor: 2, viewport: { width: 60, height: 600 } })
  onTestFinished(() => context.close())
  const page = Object.assign(await context.newPage(), { faults: [] as string[] })
  page.on('console', (message) => message.type() === 'error' && page.faults.push(message.text()))
  page.on('pageerror', (error) => page.faults.push(error.message))
  await page.addInitScript(script)
  await page.goto(url, { waitUntil: 'networkidle' })
  await page.evaluate(`window.marker = 'still here'`)
  return page
}

/** The elements that show the upscaler's result, by their centre pixel. @param level minimum of blue */
async function realOnes(page: Page, ids: readonly string[], level: number = 0): Promise<string[]> {
  const boxes = await page.evaluate<{ x: number; y: number }[]>(
    '[...document.querySelectorAll("[id]")].map((element) => element.getBoundingClientRect()).map(({ x, y }) => ({ x, y }))',
  )
  const { data, info } = await sharp(await page.screenshot())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return ids.filter((_, index) => {
    const { x, y } = boxes[index]!
    const at = 3 * (Math.round(2 * (y + 10)) * info.width + Math.round(2 * (x + 10)))
    return isReal(data.subarray(at, at + 3)) && data[at + 2]! >= level
  })
}

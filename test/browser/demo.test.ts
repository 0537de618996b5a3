import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { build, preview, type PreviewServer } from 'vite'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { seriousFindings } from './support/axe.ts'
import { CHROMIUM, launch } from './support/chromium.ts'
import { recordLayoutShifts, type LayoutShift } from './support/layout-shift.ts'

const PLAYGROUND = fileURLToPath(new URL('../../playground/vite-basic', import.meta.url))

/** Where the line of a slider is: how much of the 1x shows, in percent. */
function line(slider: Locator): Promise<number> {
  return slider.locator('input').evaluate((input) => Number((input as unknown as { value: string }).value))
}

describe.skipIf(CHROMIUM === undefined)('the page of pnpm demo', () => {
  let folder: string
  let server: PreviewServer
  let browser: Browser
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-demo-'))
    vi.stubEnv('UNPLUGIN_HD_CACHE_DIR', path.join(folder, 'cache'))
    const outDir = path.join(folder, 'dist')
    await build({ root: PLAYGROUND, logLevel: 'silent', build: { outDir } })
    server = await preview({ root: PLAYGROUND, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } })
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    vi.unstubAllEnvs()
  })

  /** Opens the page, and returns what went wrong and what moved while it loaded. */
  async function visit(
    options: BrowserContextOptions,
    look: (page: Page, sliders: Locator) => Promise<void>,
  ): Promise<{ faults: string[]; shifts: LayoutShift[] }> {
    const context = await browser.newContext(options)
    try {
      const page = await context.newPage()
      const faults: string[] = []
      page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())))
      page.on('pageerror', (error) => void faults.push(error.message))
      page.on('response', (response) => void (response.status() >= 400 && faults.push(response.url())))
      const shifts = await recordLayoutShifts(page)
      await page.goto(server.resolvedUrls!.local[0]!, { waitUntil: 'networkidle' })
      await look(page, page.locator('compare-slider'))
      return { faults, shifts: await shifts() }
    } finally {
      await context.close()
    }
  }

  test.each([
    ['a desktop', { viewport: { width: 1280, height: 800 } }, 'light'],
    ['a desktop', { viewport: { width: 1280, height: 800 } }, 'dark'],
    ['a phone', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true }, 'dark'],
  ] as const)('shows 1x and 2x on the first screen of %s, %j, in %s mode', async (_, device, colorScheme) => {
    const seen = await visit({ ...device, colorScheme }, async (page, sliders) => {
      const box = (await sliders.first().boundingBox())!
      expect(box.y + box.height).toBeLessThan(device.viewport.height)
      expect(box.width * box.height).toBeGreaterThan(0.5 * device.viewport.width * device.viewport.height)
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
      expect(wide).toBe(device.viewport.width)

      expect(await sliders.count()).toBe(4)
      for (const slider of await sliders.all()) {
        await slider.scrollIntoViewIfNeeded()
        const widths = await slider.locator('img').evaluateAll((images) =>
          Promise.all(
            images.map(async (each) => {
              const image = each as unknown as { decode(): Promise<void>; naturalWidth: number; clientWidth: number }
              await image.decode()
              return [image.naturalWidth, image.clientWidth] as const
            }),
          ),
        )
        const [[after, shown], [before]] = widths as [[number, number], [number, number]]
        // One pixel of the 2x is one of the page, also where only the middle of it shows.
        expect([after, shown]).toEqual([2 * before, 2 * before])
      }
      expect(await seriousFindings(page)).toEqual([])
    })
    expect(seen).toEqual({ faults: [], shifts: [] })
  })

  test('moves the line by keys, with a visible focus', async () => {
    await visit({ colorScheme: 'light' }, async (page, sliders) => {
      const slider = sliders.first()
      const ring = () => slider.locator('.ring').evaluate((each) => (each as unknown as { clientWidth: number }).clientWidth)
      expect(await ring()).toBe(0)
      await page.keyboard.press('Tab')
      expect(await ring()).toBeGreaterThan(0)
      const input = page.getByRole('slider', { name: 'Before and after: A castle' })
      expect(await input.evaluate((each) => (each as unknown as { ariaValueText: string }).ariaValueText)).toBe('50 % before')
      await page.keyboard.press('ArrowRight')
      expect(await line(slider)).toBe(51)
      await page.keyboard.press('End')
      expect(await line(slider)).toBe(100)
      expect(await slider.locator('.before').evaluate(clipOf)).toBe('inset(0px 0% 0px 0px)')
      await page.keyboard.press('Home')
      expect(await slider.locator('.before').evaluate(clipOf)).toBe('inset(0px 100% 0px 0px)')
    })
  })

  test('moves the line by mouse, also beside the image, and by touch', async () => {
    await visit({ colorScheme: 'light' }, async (page, sliders) => {
      const slider = sliders.first()
      const { x, y, width } = (await slider.boundingBox())!
      await page.mouse.move(x + width / 2, y + 20)
      await page.mouse.down()
      await page.mouse.move(x + width / 4, y + 40)
      expect(await line(slider)).toBe(25)
      await page.mouse.move(x - 30, y + 40)
      expect(await line(slider)).toBe(0)
      await page.mouse.up()
      await page.mouse.move(x + width / 2, y + 20)
      expect(await line(slider)).toBe(0)
      await page.keyboard.press('ArrowRight')
      expect(await line(slider)).toBe(1)
    })
    await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, async (page, sliders) => {
      const { x, y, width } = (await sliders.first().boundingBox())!
      await page.touchscreen.tap(x + 0.8 * width, y + 100)
      expect(await line(sliders.first())).toBe(80)
    })
  })
})

function clipOf(element: unknown): string {
  const { computedStyleMap } = element as { computedStyleMap(): Map<string, unknown> }
  return String(computedStyleMap.call(element).get('clip-path'))
}

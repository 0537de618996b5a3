import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { HD_CODES, HdError } from '../../packages/core/src/errors.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SIDEBAR } from '../../docs/.vitepress/sidebar.ts'
import { seriousFindings } from '../../test/browser/support/axe.ts'
import { CHROMIUM, launch } from '../../test/browser/support/chromium.ts'
import { recordLayoutShifts } from '../../test/browser/support/layout-shift.ts'
import { framework, type Server } from './support/framework.ts'

const PAGES = ['/', ...SIDEBAR.flatMap(({ items }) => items.map(({ link }) => link))]

// Runs in a page: waits until it is as it stays, down to its end, and gives the images that have no size.
const SETTLE = `(async () => {
  scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })
  await Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.decode())])
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  return [...document.images].filter((image) => !image.matches('[width][height]')).map(({ currentSrc }) => currentSrc)
})()`

function readBuilt(name: string): Promise<string> {
  return readFile(new URL(`../../docs/.vitepress/dist/${name}`, import.meta.url), 'utf8')
}

describe('the documentation site', () => {
  let cache: string
  let output: string
  beforeAll(async () => {
    cache = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-docs-')))
    // Dead links fail the build.
    output = await framework('../docs', cache).run('build')
  })
  afterAll(() => rm(cache, { recursive: true, force: true, maxRetries: 3 }))

  test('is built without a warning, with an index for language models', async () => {
    expect(output).not.toMatch(/unplugin-hd: |\bwarn/i)
    expect(await readBuilt('llms.txt')).toContain('/guide/start): A 2x image')
    expect(await readBuilt('guide/start.html')).toContain('<meta name="description" content="A 2x image')
    expect(await readBuilt('index.html')).toContain('<meta name="description" content="`?hd` imports')
    expect(await readBuilt('llms-full.txt')).toContain('# Getting started')
    expect(await readBuilt('sitemap.xml')).toContain('/guide/start')
  })

  describe.skipIf(CHROMIUM === undefined)('in Chromium', () => {
    let server: Server
    let browser: Browser
    beforeAll(async () => {
      server = await framework('../docs', cache).serve('preview', (port) => ['--port', String(port)])
      browser = await launch()
    })
    afterAll(async () => {
      await browser?.close()
      await server?.close()
    })

    /** Opens a page, and collects what goes wrong. */
    async function visit(link: string, colorScheme: 'light' | 'dark', look: (page: Page) => Promise<void>): Promise<string[]> {
      const context = await browser.newContext({ colorScheme })
      const faults: string[] = []
      try {
        const page = await context.newPage()
        page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())))
        page.on('pageerror', (error) => void faults.push(error.message))
        page.on(
          'response',
          (response) => void (response.status() >= 400 && faults.push(`${response.status()} ${response.url()}`)),
        )
        const shifts = await recordLayoutShifts(page)
        await page.goto(new URL(`/unplugin-hd${link}`, server.origin).href, { waitUntil: 'load' })
        await look(page)
        for (const { value, moved } of await shifts()) faults.push(`${moved} moved (${value})`)
      } finally {
        await context.close()
      }
      return faults
    }

    // The colours are the same on all pages, so a few of each kind do for dark mode.
    test.each([
      ...PAGES.map((link) => [link, 'light'] as const),
      ...['/', '/gallery', '/errors', '/guide/vite'].map((link) => [link, 'dark'] as const),
    ])(
      '%s has no error, nothing that axe finds serious, and nothing that moves while it loads, in %s mode',
      async (link, scheme) => {
        const faults = await visit(link, scheme, async (page) => {
          expect(await page.locator('h1, .VPHero').first().isVisible()).toBe(true)
          expect(await seriousFindings(page)).toEqual([])
          expect(await page.evaluate(SETTLE)).toEqual([])
        })
        expect(faults).toEqual([])
      },
    )

    test('the gallery shows five images at 2x, for each upscaler another one, with sliders for the keyboard', async () => {
      const faults = await visit('/gallery', 'light', async (page) => {
        const sources = new Set<string>()
        for (const name of ["model: 'quality'", 'bicubic', 'the default']) {
          await page.getByRole('radio', { name }).check()
          const images = page.locator('compare-slider .layer:not(.before) img')
          expect(await images.count()).toBe(5)
          for (const image of await images.all()) {
            await image.scrollIntoViewIfNeeded()
            const [src, natural, shown] = await image.evaluate(async (element) => {
              const each = element as unknown as {
                src: string
                naturalWidth: number
                clientWidth: number
                decode(): Promise<void>
              }
              await each.decode()
              return [each.src, each.naturalWidth, each.clientWidth] as const
            })
            expect(natural).toBe(shown)
            sources.add(src)
          }
        }
        expect(sources.size).toBe(15)
        const slider = page.getByRole('slider').first()
        await slider.focus()
        await page.keyboard.press('Home')
        expect(await slider.getAttribute('aria-valuetext')).toBe('0 % before')
      })
      expect(faults).toEqual([])
    })

    test('the address in a message leads to the row of its code', async () => {
      const addresses = Object.keys(HD_CODES).map((code) => new URL(new HdError(code, '').docs!))
      const { origin, pathname, hash } = addresses.at(-1)!
      expect(origin).toBe('https://unplugin-hd.github.io')
      await visit(`${pathname.slice('/unplugin-hd'.length)}${hash}`, 'light', async (page) => {
        await expect.poll(async () => (await page.locator(hash).boundingBox())?.y).toBeLessThan(720)
        const rows = page.locator('tr[id]')
        const ids = await rows.evaluateAll((all) => all.map((row) => `#${(row as unknown as { id: string }).id}`))
        expect(ids).toEqual(addresses.map((address) => address.hash))
        expect(await rows.locator('td:first-child').allInnerTexts()).toEqual(Object.keys(HD_CODES))
      })
    })

    test('the search finds a page by an error code', async () => {
      await visit('/', 'light', async (page) => {
        const box = page.getByRole('searchbox')
        // The key does nothing until the page is hydrated, which nothing else shows.
        await expect
          .poll(
            async () => {
              if ((await box.count()) === 0) await page.keyboard.press('Control+k')
              return box.count()
            },
            { timeout: 30_000 },
          )
          .toBe(1)
        await box.fill('HD_CACHE_MISS')
        await page.locator('.result').first().waitFor()
        expect(await page.locator('.result').allInnerTexts()).toEqual(
          expect.arrayContaining([expect.stringContaining('Troubleshooting')]),
        )
      })
    })
  })
})

import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { resample } from 'unplugin-hd'
import hd from 'unplugin-hd/vite'
import type { InlineConfig, PreviewServer } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM, launch } from './support/chromium.ts'
import { doubled, visit } from './support/page.ts'

const ROOT = fileURLToPath(new URL('../../playground/vite-places', import.meta.url))

/** The number of places on each page; update it for new ones. */
const PAGES = { 'index.html': 33, 'sets.html': 11 }

const VITES = [
  ['vite 8', () => import('vite')],
  // The versions differ only in types that are not used here.
  ['vite 7', () => import('vite7') as unknown as Promise<typeof import('vite')>],
] as const

describe.skipIf(CHROMIUM === undefined)('playground/vite-places in a browser', () => {
  let folder: string
  let browser: Browser
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-browser-')))
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  describe.each(VITES)('built by %s', (name, load) => {
    let server: PreviewServer
    beforeAll(async () => {
      const { build, preview } = await load()
      const config: InlineConfig = {
        root: ROOT,
        configFile: false,
        logLevel: 'silent',
        base: '/sub/',
        resolve: { alias: { '@': path.join(ROOT, 'src') } },
        build: {
          outDir: path.join(folder, name),
          emptyOutDir: true,
          rollupOptions: { input: Object.keys(PAGES).map((page) => path.join(ROOT, page)) },
        },
        preview: { port: 0, host: '127.0.0.1' },
      }
      await build({ ...config, plugins: [hd({ upscaler: resample(), cache: { dir: path.join(folder, 'cache') } })] })
      server = await preview(config)
    })
    afterAll(() => server?.close())

    test.each([1, 2])('every place shows the right image at a device scale factor of %i', async (factor) => {
      const [origin] = server.resolvedUrls!.local
      const visits = await Promise.all(Object.keys(PAGES).map((page) => visit(browser, origin! + page, factor)))
      expect(visits.flatMap(({ faults }) => faults)).toEqual([])
      expect(visits.map(({ seen }) => seen.length)).toEqual(Object.values(PAGES))
      const seen = visits.flatMap((each) => each.seen)
      for (const { place, source, isSet, url, pixels, natural, isLoaded } of seen) {
        expect(isLoaded, `${place}: ${url}`).toBe(true)
        expect(pixels, place).toBe(isSet && factor === 1 ? source : doubled(source))
        // A candidate with a descriptor has the CSS size of the source, whatever its pixels.
        if (natural !== undefined) expect(natural, place).toBe(isSet ? source : doubled(source))
      }
    })
  })
})

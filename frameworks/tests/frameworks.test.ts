import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM, launch } from '../../test/browser/support/chromium.ts'
import { framework, type Server } from './support/framework.ts'
import { attributesOf, expectDoubled, open } from './support/page.ts'
import { isTooOld, PROJECTS, UNSUPPORTED, type Project } from './support/projects.ts'

/** The lines of an output that are warnings or errors of the plugin. */
function warningsIn(printed: string): string[] {
  return printed.split('\n').filter((line) => /unplugin-hd: |was not processed|HD_[A-Z]+/.test(line))
}

/** The place of the reference that is not supported: `src/App.vue:9`. */
async function placeOf({ name, folder: project = name, root = '', unsupported }: Project): Promise<string> {
  const text = await readFile(path.join(framework(project, folder).folder, root, unsupported), 'utf8')
  return `${unsupported}:${text.slice(0, text.indexOf(UNSUPPORTED)).split('\n').length}`
}

let folder: string
let browser: Browser | undefined
beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-frameworks-')))
  if (CHROMIUM !== undefined) browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})

describe.each(PROJECTS)('frameworks/$name', (described) => {
  const { pages, scriptless = [], isRendered, output, images, emitted, waitsInDev = false, previewFlags, devFlags } = described
  const { folder: name = described.name, scripts = { build: 'build', dev: 'dev' } } = described
  const isSkipped = isTooOld(described.node)
  beforeAll(() => framework(name, folder).prepare())

  describe.skipIf(isSkipped)('built', () => {
    let printed: string
    let server: Server | undefined
    beforeAll(async () => {
      // All projects use the same images, which are made once.
      const project = framework(name, path.join(folder, 'cache'))
      await rm(path.join(project.folder, output), { recursive: true, force: true, maxRetries: 3 })
      printed = await project.run(scripts.build)
      server = await project.serve('preview', previewFlags ?? (() => []))
    })
    afterAll(() => server?.close())

    test('warns of the one reference in a place that is not supported, with file and line', async () => {
      const warnings = warningsIn(printed)
      expect(warnings.length).toBeGreaterThan(0)
      const place = `'${UNSUPPORTED}' in ${await placeOf(described)}`
      expect(warnings.filter((warning) => !warning.includes(place))).toEqual([])
    })

    test('emits each image once, for pages and server together', async () => {
      const project = framework(name, folder)
      const files = await readdir(path.join(project.folder, output), { recursive: true })
      const isEmitted = emitted ? /\.png$/ : /[@_]2x\b[^/]*\.png$/
      const found = files.map((file) => path.basename(file)).filter((file) => isEmitted.test(file))
      expect(found.map((file) => file.split(/[@_.]/, 1)[0]).toSorted()).toEqual([...(emitted ?? images)].toSorted())
    })

    test
      .skipIf(CHROMIUM === undefined)
      .for(Object.entries(pages).flatMap(([page, places]) => [1, 2].map((factor) => ({ page, places, factor }))))(
      'shows on /$page what it should, at a device scale factor of $factor',
      async ({ page, places, factor }) => {
        const { faults, look } = await open(browser!, server!.origin + page, factor)
        const seen = await look()
        expect(seen.map(({ place }) => place)).toHaveLength(places)
        expectDoubled(seen, factor)
        expect(faults).toEqual([])
      },
    )

    test.runIf('asset' in pages && CHROMIUM !== undefined)(
      'gives image components the size of the source, and files made of the 2x',
      async () => {
        const { page } = await open(browser!, `${server!.origin}asset`, 1)
        const { Image: image } = await attributesOf(page)
        expect(image).toMatchObject({ width: '320', height: '378' })
        expect(image!['srcset']).toMatch(/^\S+@2x\S+ 1x, \S+@2x\S+ 2x$/)
      },
    )

    test.runIf(isRendered && CHROMIUM !== undefined).for(Object.keys(pages).filter((page) => !scriptless.includes(page)))(
      'names on /%s the same addresses on the server as in the browser',
      async (page) => {
        const context = await browser!.newContext({ javaScriptEnabled: false })
        const plain = await context.newPage()
        await plain.goto(server!.origin + page)
        const rendered = await attributesOf(plain)
        await context.close()
        const opened = await open(browser!, server!.origin + page, 1)
        const { mounted, ...hydrated } = await attributesOf(opened.page)
        expect(hydrated).toEqual(rendered)
        // Rendered only in the browser, from the same import.
        expect(mounted!['src']).toBe(rendered['import']!['src'])
      },
    )
  })

  describe.skipIf(isSkipped || CHROMIUM === undefined)('in dev', () => {
    let server: Server
    beforeAll(async () => {
      // A separate, empty cache.
      server = await framework(name, path.join(folder, `dev-${described.name}`)).serve(scripts.dev, devFlags)
    })
    afterAll(() => server?.close())

    // On a 1x screen a browser may keep an already loaded candidate of a changing set, so only 2x is tested.
    test.for(Object.entries(pages))('shows previews on /%s at first, and finally the images', async ([page, places]) => {
      const { faults, previews, look } = await open(browser!, server.origin + page, 2)
      const shownPreviews = async (): Promise<string[]> => (await look()).map(({ url }) => url).filter((url) => previews.has(url))
      await expect.poll(shownPreviews, { timeout: 60_000, interval: 250 }).toEqual([])
      const seen = await look()
      expect(seen.map(({ place }) => place)).toHaveLength(places)
      expectDoubled(seen, 2)
      // The first page needs all images of the others.
      if (page === Object.keys(pages)[0] && !waitsInDev) expect(previews.size).toBeGreaterThan(0)
      expect(faults).toEqual([])
    })

    test('prints no other warnings', async () => {
      const place = `'${UNSUPPORTED}' in ${await placeOf(described)}`
      expect(warningsIn(server.output()).filter((warning) => !warning.includes(place))).toEqual([])
    })
  })
})

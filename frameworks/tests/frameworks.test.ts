import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM, launch } from '../../test/browser/support/chromium.ts'
import { framework, type Server } from './support/framework.ts'
import { attributesOf, expectDoubled, open } from './support/page.ts'

interface Project {
  name: string
  /** The folder, where several projects share one. @default `name` */
  folder?: string
  /** Scripts other than `build` and `dev`. */
  scripts?: { build: string; dev: string }
  /** The oldest Node.js that its framework runs on, if that is newer than ours. */
  node?: readonly [major: number, minor: number]
  /** The number of places on each page; update it for new ones. */
  pages: Readonly<Record<string, number>>
  /** Pages that the server renders without a script. */
  scriptless?: readonly string[]
  /** True if the server or the build renders its pages. */
  isRendered: boolean
  /** The folder of the build's public files. */
  output: string
  /** The 2x images that it uses. */
  images: readonly string[]
  /** Names of all emitted images, where they do not show which are 2x; a source that is emitted too counts. */
  emitted?: readonly string[]
  /** Its dev server makes the images before it answers. */
  waitsInDev?: boolean
  /** Flags for the host and port of its built server and its dev server, in addition to `HOST` and `PORT`. */
  previewFlags?: (port: number) => readonly string[]
  devFlags: (port: number) => readonly string[]
}

const next = {
  folder: 'next',
  pages: { '': 9, old: 3, server: 2 },
  scriptless: ['server'],
  isRendered: true,
  output: '.next/static',
  images: ['campfire', 'ladybug', 'schooner'],
  waitsInDev: true,
  previewFlags: (port: number) => ['-H', '127.0.0.1', '-p', String(port)],
  devFlags: (port: number) => ['-H', '127.0.0.1', '-p', String(port)],
}

const astro = {
  pages: { '': 18, server: 19, asset: 2 },
  scriptless: ['asset'],
  isRendered: true,
  output: 'dist/client',
  images: ['campfire', 'ladybug', 'schooner'],
  devFlags: (port: number) => ['--host', '127.0.0.1', '--port', String(port)],
}

const viteFlags = (port: number): string[] => ['--host', '127.0.0.1', '--port', String(port), '--strictPort']

const PROJECTS: readonly Project[] = [
  {
    name: 'vue',
    pages: { '': 17 },
    isRendered: false,
    output: 'dist',
    images: ['campfire', 'ladybug', 'schooner'],
    previewFlags: viteFlags,
    devFlags: viteFlags,
  },
  ...['react', 'preact'].map((name) => ({
    name,
    pages: { '': 8 },
    isRendered: false,
    output: 'dist',
    images: ['campfire', 'ladybug'],
    previewFlags: viteFlags,
    devFlags: viteFlags,
  })),
  {
    name: 'react-router',
    pages: { '': 9, server: 2 },
    scriptless: ['server'],
    isRendered: true,
    output: 'build/client',
    images: ['campfire', 'ladybug', 'schooner'],
    devFlags: viteFlags,
  },
  {
    name: 'sveltekit',
    pages: { '': 20 },
    isRendered: true,
    output: 'dist/client',
    images: ['campfire', 'ladybug', 'schooner'],
    devFlags: viteFlags,
  },
  {
    name: 'nuxt',
    pages: { '': 18 },
    isRendered: true,
    output: '.output/public',
    images: ['campfire', 'ladybug', 'schooner'],
    devFlags: (port) => ['--host', '127.0.0.1', '--port', String(port)],
  },
  { ...astro, name: 'astro' },
  { ...astro, name: 'astro-6', node: [22, 12] },
  { ...astro, name: 'astro-7', node: [22, 12] },
  { ...next, name: 'next', emitted: ['campfire', 'campfire', 'ladybug', 'schooner'] },
  { ...next, name: 'next, webpack', scripts: { build: 'build:webpack', dev: 'dev:webpack' } },
  { ...next, folder: 'next-15', name: 'next-15' },
]

/** Whether this Node.js is too old. */
function isTooOld([major, minor]: readonly [number, number] = [0, 0]): boolean {
  const [ours = 0, oursMinor = 0] = process.versions.node.split('.').map(Number)
  return ours < major || (ours === major && oursMinor < minor)
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

    test('without a warning of the plugin', () => {
      expect(printed).not.toMatch(/unplugin-hd: |was not processed|HD_[A-Z]+/)
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

    test('prints no warnings', () => {
      expect(server.output()).not.toMatch(/unplugin-hd: |was not processed|HD_[A-Z]+/)
    })
  })
})

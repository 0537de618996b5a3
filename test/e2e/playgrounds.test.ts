import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { preview } from 'vite'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { CHROMIUM, launch } from '../browser/support/chromium.ts'
import { visitImages } from '../browser/support/page.ts'
import { listFiles } from './support/project.ts'

const PLAYGROUNDS = fileURLToPath(new URL('../../playground', import.meta.url))
/** Built by other tests. */
const OTHERS = ['vite-wechat']
const NAMES = ['vite-basic', 'vite-places', 'rollup-basic', 'rolldown-basic', 'webpack-basic', 'rspack-basic', 'esbuild-basic']

let cache: string
beforeAll(async () => {
  cache = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-playgrounds-'))
})
afterAll(() => rm(cache, { recursive: true, force: true, maxRetries: 3 }))

/** Runs the playground's own build script, on an empty output folder. */
async function runBuild(folder: string): Promise<{ code: number | null; output: string }> {
  await rm(path.join(folder, 'dist'), { recursive: true, force: true, maxRetries: 3 })
  const { scripts } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { scripts: { build: string } }
  const PATH = [path.join(folder, 'node_modules', '.bin'), process.env['PATH']].join(path.delimiter)
  const child = spawn(scripts.build, { cwd: folder, shell: true, env: { ...process.env, PATH, UNPLUGIN_HD_CACHE_DIR: cache } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

function runDemo(args: string[], env: NodeJS.ProcessEnv): ChildProcessByStdio<null, Readable, null> {
  const script = fileURLToPath(new URL('../../scripts/demo.mjs', import.meta.url))
  return spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, UNPLUGIN_HD_CACHE_DIR: cache, ...env },
  })
}

async function emittedImages(folder: string): Promise<{ digest: string; width: number; height: number; format: string }[]> {
  const dist = path.join(folder, 'dist')
  const names = (await listFiles(dist)).filter((name) => /\.(?:jpg|png|webp|avif)$/.test(name))
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(path.join(dist, name))
      const { width, height, format } = await sharp(bytes).metadata()
      return { digest: createHash('sha256').update(bytes).digest('hex'), width, height, format }
    }),
  )
}

// All use the default upscaler and one cache: the first one to need an image makes it.
describe.each(NAMES)('playground/%s', (name) => {
  const folder = path.join(PLAYGROUNDS, name)

  test('builds without a warning of the plugin, and prints a summary', async () => {
    const { code, output } = await runBuild(folder)
    expect(code, output).toBe(0)
    expect(output).not.toContain('was not processed')
    expect(output).toMatch(/hd \d+ images: /)
    expect(output).toMatch(/dandelion\.jpg {2}640x427 → 1280x854/)
  })
})

describe.skipIf(CHROMIUM === undefined)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  test.each(NAMES)('playground/%s shows all images, the 2x ones with their pixels', async (name) => {
    const folder = path.join(PLAYGROUNDS, name)
    // Vite's pages are in the output, the others next to it.
    const outDir = name.startsWith('vite') ? 'dist' : '.'
    const server = await preview({ root: folder, configFile: false, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } })
    try {
      const { images, faults } = await visitImages(browser, server.resolvedUrls!.local[0]!)
      expect(faults).toEqual([])
      expect(images.filter(({ pixels }) => pixels === 'unreadable')).toEqual([])
      expect(images.map(({ pixels }) => pixels)).toContain('1280x854')
    } finally {
      await server.close()
    }
  })
})

// After the builds above, because it writes the same folder.
describe('pnpm demo', () => {
  test('opens the page in the browser, prints its address, and serves it until it is ended', async () => {
    const browser = path.join(cache, 'browser.js')
    await writeFile(browser, `require('node:fs').writeSync(1, 'opened ' + process.argv.at(-1) + '\\n')`)
    const child = runDemo(['--open'], { BROWSER: browser })
    onTestFinished(() => void child.kill())
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    await expect.poll(() => output).toMatch(/^opened http/m)
    const address = /^Before and after: (\S+) /m.exec(output)?.[1]
    expect(output).toContain(`opened ${address}`)
    expect(await (await fetch(address!)).text()).toContain('One image in')
    child.kill('SIGINT')
    const [code] = (await once(child, 'close')) as [number | null]
    // Windows knows no signals.
    if (process.platform !== 'win32') expect(code).toBe(0)
  })

  test('ends after the build, and says how to look at the page, where the output is no terminal', async () => {
    const child = runDemo([], {})
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    expect(await once(child, 'close')).toEqual([0, null])
    expect(output).toContain('demo --open')
    expect(output).not.toContain('http://')
  })
})

test('all of them emit the dandelion at 2x, with the same bytes', async () => {
  const digests = await Promise.all(
    NAMES.map(async (name) => {
      const images = await emittedImages(path.join(PLAYGROUNDS, name))
      const dandelions = images.filter(({ width, height, format }) => width === 1280 && height === 854 && format === 'jpeg')
      return dandelions.map(({ digest }) => digest)
    }),
  )
  expect(digests[0]).toHaveLength(1)
  expect(digests).toEqual(NAMES.map(() => digests[0]))
})

test('every playground has a test', async () => {
  const folders = (await readdir(PLAYGROUNDS, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  expect(folders.filter((name) => name !== 'images').toSorted()).toEqual([...NAMES, ...OTHERS].toSorted())
})

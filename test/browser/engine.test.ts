import { createHash } from 'node:crypto'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEngine } from '@unplugin-hd/engine'
import { build, preview } from 'vite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createImage } from '../../packages/engine/src/testing/noise.ts'
import { createProject } from '../e2e/support/project.ts'
import { CHROMIUM, launch } from './support/chromium.ts'

const ENGINE = fileURLToPath(new URL('../../packages/engine', import.meta.url))
const WEIGHTS = new URL('../../packages/neural/models/hd-x2.hdw', import.meta.url)
const SIZES = [
  [1, 1],
  [7, 5],
  [331, 66],
  [64, 200],
] as const

const PAGE = '<!doctype html><link rel="icon" href="data:," /><script type="module" src="/main.js"></script>'
const SCRIPT = `
import { createEngine } from '@unplugin-hd/engine'

const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

globalThis.upscale = async (weights, images) => {
  const engine = createEngine(bytes(weights), { threads: 2 })
  const results = await Promise.all(images.map((image) => engine.upscale({ ...image, data: bytes(image.data) })))
  const aborted = await engine.upscale({ width: 900, height: 900, data: new Uint8Array(2430000) }, { signal: AbortSignal.timeout(30) }).catch(({ code }) => code)
  await engine.close()
  const digests = results.map(async ({ data }) => Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', data))))
  return { digests: await Promise.all(digests), aborted }
}
`

const sha256 = (data: Uint8Array): number[] => [...createHash('sha256').update(data).digest()]

describe.skipIf(CHROMIUM === undefined)('the engine in Chromium, bundled by Vite', () => {
  test('produces the same bytes as in Node', async () => {
    const project = await createProject({ 'index.html': PAGE, 'main.js': SCRIPT })
    await mkdir(path.join(project.root, 'node_modules/@unplugin-hd'), { recursive: true })
    await symlink(ENGINE, path.join(project.root, 'node_modules/@unplugin-hd/engine'), 'junction')
    await build({ root: project.root, logLevel: 'error', configFile: false })
    const server = await preview({ root: project.root, logLevel: 'error', configFile: false, preview: { port: 0 } })
    onTestFinished(() => server.close())
    const browser = await launch()
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    await page.goto(server.resolvedUrls!.local[0]!, { waitUntil: 'networkidle' })

    const weights = await readFile(WEIGHTS)
    const images = SIZES.map(([width, height]) => createImage(width, height))
    const inBrowser = await page.evaluate(
      ([first, second]) => (globalThis as unknown as { upscale(...given: unknown[]): Promise<unknown> }).upscale(first, second),
      [
        weights.toString('base64'),
        images.map(({ width, height, data }) => ({ width, height, data: Buffer.from(data).toString('base64') })),
      ] as const,
    )

    const engine = createEngine(weights)
    onTestFinished(() => engine.close())
    const inNode = await Promise.all(images.map(async (image) => sha256((await engine.upscale(image)).data)))
    expect(inBrowser).toEqual({ digests: inNode, aborted: 'ENGINE_ABORTED' })
  })
})

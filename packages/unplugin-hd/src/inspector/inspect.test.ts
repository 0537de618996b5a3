import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHd, parseRequest, resample, resolveOptions, type CoreOptions, type Hd, type Upscaler } from '@unplugin-hd/core'
import { expect, onTestFinished, test } from 'vitest'
import { imageBytes } from '../cli/testing/cli.ts'
import { detailOf } from './detail.ts'
import { createImageLog, type ImageLog } from './image-log.ts'
import { inspect, type Inspected } from './inspect.ts'
import { totalsOf } from './totals.ts'

const FAILING: Upscaler = { name: 'failing', version: '1', upscale: () => Promise.reject(new Error('no luck today')) }

interface Workshop {
  hd: Hd
  look(query?: string): Promise<Inspected>
  make(): Promise<unknown>
}

async function workshop(options: CoreOptions = {}, bytes?: Uint8Array): Promise<Workshop> {
  const root = await mkdtemp(path.join(tmpdir(), 'hd-inspect-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const file = path.join(root, 'a.png')
  await writeFile(file, bytes ?? (await imageBytes(3)))
  const log: ImageLog = createImageLog(root)
  const hd = createHd(resolveOptions(options, { root, env: {}, defaultUpscaler: resample }), {
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    onEvent: log.onEvent,
  })
  return {
    hd,
    look: (query = '?hd&as=img&format=webp') =>
      inspect(hd, { file, requests: [parseRequest(`a.png${query}`)!.request], uses: [] }, (name) => log.activities.get(name)),
    make: async () => hd.job(await hd.source(file), { format: 'webp' }).make(),
  }
}

test('an image that is not made yet has its planned facts', async () => {
  const { look } = await workshop()
  const { image } = await look()
  expect(image).toEqual({
    name: 'a.png',
    state: 'missing',
    source: { width: 12, height: 8, format: 'png', bytes: expect.any(Number) },
    variants: [
      { factor: 2, format: 'webp', quality: 85, state: 'missing', width: 24, height: 16, upscaler: 'resample', fallback: false },
    ],
    uses: [],
    problems: [],
    metered: 0,
  })
  expect(totalsOf([image])).toMatchObject({ images: 1, variants: 1, hits: 0, misses: 1, bytes: 0 })
})

test('an image made in this run has its time, and another run finds it cached', async () => {
  const options = { cache: { dir: await mkdtemp(path.join(tmpdir(), 'hd-inspect-cache-')) } }
  onTestFinished(() => rm(options.cache.dir, { recursive: true, force: true }))
  const { look, make } = await workshop(options)
  await make()
  const inspected = await look()
  expect(inspected.image).toMatchObject({
    state: 'made',
    variants: [{ state: 'made', bytes: expect.any(Number), ms: expect.any(Number) }],
  })
  expect(await detailOf(inspected, 480)).toMatchObject({ width: 12, height: 8, label: '24×16 webp' })
  expect(await detailOf(inspected, 4)).toMatchObject({
    width: 4,
    height: 3,
    after: expect.stringMatching(/^data:image\/jpeg;base64,/),
  })
  const { image } = await (await workshop(options)).look()
  expect(image).toMatchObject({ state: 'cached', variants: [{ state: 'cached' }] })
  expect(image.variants[0]).not.toHaveProperty('ms')
  expect(totalsOf([image])).toMatchObject({ hits: 1, misses: 0 })
})

test('a failed image has the reason, and a fallback its upscaler', async () => {
  const failed = await workshop({ upscaler: FAILING })
  await failed.make().catch(() => undefined)
  expect((await failed.look()).image).toMatchObject({
    state: 'failed',
    variants: [{ state: 'failed', fallback: false, error: expect.stringContaining('no luck today') }],
    problems: [expect.stringContaining('no luck today')],
  })
  const resampled = await workshop({ upscaler: FAILING, onError: 'resample' })
  await resampled.make()
  const { image } = await resampled.look()
  expect(image).toMatchObject({
    variants: [{ upscaler: 'resample', fallback: true }],
    problems: [expect.stringContaining('falling back')],
  })
  expect(totalsOf([image]).fallbacks).toBe(1)
  const unscaled = await workshop({ upscaler: FAILING, onError: 'source' })
  await unscaled.make()
  expect((await unscaled.look()).image).toMatchObject({ state: 'off', variants: [{ width: 12, fallback: true }] })
})

test('distinguishes requested widths, and shows the largest one', async () => {
  const { look, hd } = await workshop({ cache: { dir: await mkdtemp(path.join(tmpdir(), 'hd-inspect-cache-')) } })
  onTestFinished(() => rm(hd.options.cache.dir, { recursive: true, force: true }))
  const query = '?hd&as=img&w=5;18'
  for (const { request } of (await look(query)).variants) await hd.job((await look(query)).source!, request).make()
  const inspected = await look(query)
  const sizes = inspected.image.variants.map(({ requestedWidth, width, height, state }) => [requestedWidth, width, height, state])
  expect(sizes).toEqual(expect.arrayContaining([[18, 18, 12, 'made']]))
  expect(await detailOf(inspected, 6)).toMatchObject({ width: 6, height: 5, label: '18×12 png' })
})

test('an invalid file is a failed image, and mode off shows the source', async () => {
  const broken = await workshop({}, Buffer.from('no image'))
  expect((await broken.look()).image).toMatchObject({
    state: 'failed',
    variants: [],
    problems: [expect.stringContaining('HD_SOURCE_')],
  })
  expect((await (await workshop({ mode: 'off' })).look()).image).toMatchObject({
    state: 'off',
    variants: [{ width: 12, fallback: false }],
  })
})

import { HdError, parseRequest, type DoneImage, type HdRequest } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import { createImageLog, variantId, type ImageLog } from './image-log.ts'

const REQUEST: HdRequest = parseRequest('/a.jpg?hd')!.request
const VARIANT = { factor: 2, format: 'jpeg', quality: 85 } as const
const IMAGE: DoneImage = {
  cache: 'made',
  ms: 12.3,
  width: 20,
  height: 10,
  bytes: 2000,
  format: 'jpeg',
  upscaler: 'neural',
  provisional: false,
  source: { width: 10, height: 5, format: 'jpeg', bytes: 500 },
}

function done(log: ImageLog, image: Partial<DoneImage> = {}): void {
  log.onEvent({ type: 'done', name: 'a.jpg', variant: VARIANT, image: { ...IMAGE, ...image } })
}

test('keeps references once, with their places', () => {
  const log = createImageLog('/root')
  for (const _ of [1, 2]) {
    log.imported('/root/a.jpg?hd', '/root/main.js', './a.jpg?hd')
    log.asked('/root/a.jpg', REQUEST, { reference: '/a.jpg?hd', place: 'index.html:3', where: () => undefined })
    log.asked('/root/b.jpg', REQUEST, undefined)
  }
  // Imports are recorded when they are resolved.
  log.asked('/root/a.jpg', REQUEST, { reference: './a.jpg?hd', where: () => Promise.reject(new Error('searched')) })
  expect([...log.wishes]).toEqual([
    [
      '/root/a.jpg',
      [
        { request: REQUEST, imported: { importer: '/root/main.js', reference: './a.jpg?hd' } },
        { request: REQUEST, place: { text: 'index.html:3', reference: '/a.jpg?hd' } },
      ],
    ],
    ['/root/b.jpg', [{ request: REQUEST }]],
  ])
})

test('keeps the first result instead of a later cache hit; another result replaces it', () => {
  const log = createImageLog('/root')
  const outcome = (): unknown => log.activities.get('a.jpg')!.outcomes.get(variantId(VARIANT))
  done(log)
  done(log, { cache: 'encoded' })
  done(log, { cache: 'hit' })
  expect(outcome()).toMatchObject({ image: { cache: 'made', ms: 12 } })
  done(log, { cache: 'hit', bytes: 3000 })
  expect(outcome()).toMatchObject({ image: { cache: 'hit', bytes: 3000 } })
})

test('tracks work from waiting to made, and calls listeners until they unsubscribe', () => {
  const log = createImageLog('/root')
  const heard: unknown[] = []
  const stop = log.onChange((name) => {
    const { queued, working, fraction, metered } = log.activities.get(name)!
    heard.push([name, queued, working, fraction, metered])
  })
  const name = 'a.jpg'
  log.onEvent({ type: 'queued', name })
  log.onEvent({ type: 'start', name, width: 1, height: 1 })
  log.onEvent({ type: 'upscaled', name, upscaler: 'wechat', metered: true })
  log.onEvent({ type: 'progress', name, fraction: 0.5 })
  log.onEvent({ type: 'settled', name })
  stop()
  done(log)
  expect(heard).toEqual([
    [name, 1, false, undefined, 0],
    [name, 1, true, undefined, 0],
    [name, 1, true, undefined, 1],
    [name, 1, true, 0.5, 1],
    [name, 0, false, undefined, 1],
  ])
})

test('records a failure without the name until the file is edited; cancelled work is not a failure', () => {
  const log = createImageLog('/root')
  const fail = (error: unknown): void => log.onEvent({ type: 'failed', name: 'a.jpg', variant: VARIANT, error })
  fail(new HdError('HD_ABORTED', 'cancelled'))
  fail(new HdError('HD_CACHE_MISS', 'not there'))
  expect(log.activities.get('a.jpg')!.outcomes.size).toBe(0)
  fail(new HdError('HD_UPSCALE_FAILED', 'no luck', { file: 'a.jpg' }))
  expect([...log.activities.get('a.jpg')!.outcomes.values()]).toEqual([{ error: 'no luck (HD_UPSCALE_FAILED)' }])
  log.edited('/root/a.jpg')
  expect(log.activities.get('a.jpg')!.outcomes.size).toBe(0)
})

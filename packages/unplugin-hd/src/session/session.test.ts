import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DiskStore, loadSharp, parseRequest, resample, type Store, type Upscaler } from '@unplugin-hd/core'
import { expect, onTestFinished, test } from 'vitest'
import type { Origin } from './origin.ts'
import { createSession, type Session } from './session.ts'

function setUp(): { session: Session; warnings: string[] } {
  const warnings: string[] = []
  const warn = (message: string): void => void warnings.push(message)
  return { session: createSession({ exclude: /b\.jpg$/ }, { root: '/project', quiet: true, warn }), warnings }
}

const at = (reference: string): Origin => ({ reference, where: () => ({ text: 'src/main.js:3' }) })

test("warns about a query that may be another tool's, with its place and the right form", async () => {
  const { session, warnings } = setUp()
  await session.checkMistaken('./a.jpg?4x', at('./a.jpg?4x'))
  expect(warnings).toEqual([expect.stringMatching(/'\.\/a\.jpg\?4x' in src\/main\.js:3 .* write '\.\/a\.jpg\?hd=4'$/)])
})

test('a clearly mistyped query is an error, and other queries are ignored', async () => {
  const { session, warnings } = setUp()
  await expect(session.checkMistaken('./a.jpg?HD', at('./a.jpg?HD'))).rejects.toThrow(
    /^src\/main\.js:3: '\.\/a\.jpg\?HD': .* Write '\.\/a\.jpg\?hd' \(HD_QUERY\)\nSee https:\S+#HD_QUERY$/,
  )
  await session.checkMistaken('./a.jpg?w=400', at('./a.jpg?w=400'))
  expect(warnings).toEqual([])
})

test('remembers excluded images', () => {
  const { session } = setUp()
  expect(session.shouldTransform('/project/a.jpg?hd')).toBe(true)
  expect(session.shouldTransform('/project/b.jpg?hd')).toBe(false)
  expect([session.leftOut('./a.jpg?hd'), session.leftOut('./b.jpg?hd')]).toEqual([false, true])
})

test('of many images asked for at once only some are read, the others wait; and cancelling ends them', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'hd-session-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const files = Array.from({ length: 100 }, (_, index) => path.join(root, `${index}.png`))
  const sharp = await loadSharp()
  for (const [index, file] of files.entries()) {
    const pixels = { create: { width: 2, height: 2, channels: 3 as const, background: { r: index, g: 0, b: 0 } } }
    await sharp(pixels).png().toFile(file)
  }
  let open!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  let begun!: () => void
  const working = new Promise<void>((resolve) => (begun = resolve))
  const real = resample()
  const upscaler: Upscaler = {
    name: 'blocked',
    version: '1',
    async upscale(image, context) {
      begun()
      await opened
      return real.upscale(image, context)
    },
  }
  // Every image that was read is looked for in the store once.
  const sought = new Set<string>()
  const kept = new DiskStore(path.join(root, 'cache'))
  const store: Store = {
    get: (key) => (sought.add(key), kept.get(key)),
    put: (key, entry) => kept.put(key, entry),
    has: (key) => kept.has(key),
    delete: (key) => kept.delete(key),
    list: () => kept.list(),
  }
  const options = { upscaler, concurrency: 1, cache: { store } }
  const session = createSession(options, { root, quiet: true, warn: () => undefined })
  const { request } = parseRequest('a.png?hd')!

  const first = Promise.allSettled(files.map((file) => session.load(file, request, undefined)))
  await working
  await session.end(true)
  expect((await first).every(({ status }) => status === 'rejected')).toBe(true)
  expect(sought.size).toBeLessThan(70)

  open()
  const shapes = await Promise.all(files.map((file) => session.load(file, request, undefined)))
  expect(shapes).toHaveLength(100)
  await session.end(false)
})

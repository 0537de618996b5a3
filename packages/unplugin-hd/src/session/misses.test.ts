import { HdError, type Hd, type HdAsset, type Job, type Source } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import { createMisses } from './misses.ts'
const DOCS = 'https://unplugin-hd.github.io/unplugin-hd/errors#HD_CACHE_MISS'

function setUp(): { hd: Hd; source: (name: string) => Source } {
  const hd = {
    store: { location: '/cache' },
    job: ({ name }: Source) =>
      ({
        make: async (): Promise<HdAsset> => {
          throw new HdError('HD_CACHE_MISS', 'its 2x is not in the cache', { file: name, remedy: 'Build once' })
        },
        unscaled: async () => ({ key: name }) as HdAsset,
      }) as Job,
  } as Partial<Hd> as Hd
  return { hd, source: (name) => ({ name }) as Source }
}

const at = (text: string): { reference: string; where: () => { text: string } } => ({
  reference: './x?hd',
  where: () => ({ text }),
})

test('reports a single miss like any other error, and resets for the next build', async () => {
  const { hd, source } = setUp()
  const misses = createMisses(hd)
  expect(await misses.makers(at('main.js:3')).enlarge(source('x'), {})).toEqual({ key: 'x' })
  expect(String(await misses.take())).toBe(
    `Error: main.js:3: './x?hd': its 2x is not in the cache. Build once (HD_CACHE_MISS)\nSee ${DOCS}`,
  )
  expect(await misses.take()).toBeUndefined()
})

test('reports several misses as one error with a line for each image, sorted by place', async () => {
  const { hd, source } = setUp()
  const misses = createMisses(hd)
  await misses.makers(at('main.js:10')).enlarge(source('x'), {})
  await misses.makers(at('main.js:9')).enlarge(source('y'), {})
  await misses.makers(at('main.js:11')).enlarge(source('y'), {})
  await misses.makers(undefined).enlarge(source('z.jpg'), {})
  const error = await misses.take()
  expect(error).toMatchObject({ code: 'HD_CACHE_MISS' })
  expect((error as Error).message.split('\n')).toEqual([
    expect.stringMatching(/3 images .* Build once \(HD_CACHE_MISS\):$/),
    `  main.js:9: './x?hd'`,
    `  main.js:10: './x?hd'`,
    '  z.jpg',
    `See ${DOCS}`,
  ])
})

test('throws other errors at once', async () => {
  const { hd, source } = setUp()
  hd.job = () => ({ make: () => Promise.reject(new HdError('HD_UPSCALE_FAILED', 'no luck')) }) as Partial<Job> as Job
  const misses = createMisses(hd)
  await expect(misses.makers(at('main.js:1')).enlarge(source('x'), {})).rejects.toThrow('no luck')
  expect(await misses.take()).toBeUndefined()
})

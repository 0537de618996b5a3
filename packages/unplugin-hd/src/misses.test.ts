import { HdError, type Hd, type HdAsset, type Source } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import { createMisses } from './misses.ts'

function setUp(): { hd: Hd; source: (name: string) => Source } {
  const hd = {
    options: { cache: { dir: '/cache' } },
    double: async ({ name }: Source): Promise<HdAsset> => {
      throw new HdError('HD_CACHE_MISS', 'its 2x is not in the cache', { file: name, remedy: 'Build once' })
    },
    undoubled: async ({ name }: Source) => ({ key: name }) as HdAsset,
  } as Partial<Hd> as Hd
  return { hd, source: (name) => ({ name }) as Source }
}

const at = (text: string): { reference: string; where: () => { text: string } } => ({
  reference: './x?hd',
  where: () => ({ text }),
})

test('one miss is told as any error is; the next build starts anew', async () => {
  const { hd, source } = setUp()
  const misses = createMisses(hd)
  expect(await misses.makers(at('main.js:3')).double(source('x'))).toEqual({ key: 'x' })
  expect(String(await misses.take())).toBe(`Error: main.js:3: './x?hd': its 2x is not in the cache. Build once (HD_CACHE_MISS)`)
  expect(await misses.take()).toBeUndefined()
})

test('several are one error with a line for each image, in the order of their places', async () => {
  const { hd, source } = setUp()
  const misses = createMisses(hd)
  await misses.makers(at('main.js:10')).double(source('x'))
  await misses.makers(at('main.js:9')).double(source('y'))
  await misses.makers(at('main.js:11')).double(source('y'))
  await misses.makers(undefined).double(source('z.jpg'))
  const error = await misses.take()
  expect(error).toMatchObject({ code: 'HD_CACHE_MISS' })
  expect((error as Error).message.split('\n')).toEqual([
    expect.stringMatching(/3 images .* Build once \(HD_CACHE_MISS\):$/),
    `  main.js:9: './x?hd'`,
    `  main.js:10: './x?hd'`,
    '  z.jpg',
  ])
})

test('another error is thrown at once', async () => {
  const { hd, source } = setUp()
  hd.double = () => Promise.reject(new HdError('HD_UPSCALE_FAILED', 'no luck'))
  const misses = createMisses(hd)
  await expect(misses.makers(at('main.js:1')).double(source('x'))).rejects.toThrow('no luck')
  expect(await misses.take()).toBeUndefined()
})

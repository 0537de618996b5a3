import { describe, expect, test } from 'vitest'
import { nameOf, parseJobData, type JobData } from './job-data.ts'

const KEY = 'ab'.repeat(32)

const job = (more: object = {}): unknown => ({
  digest: KEY,
  name: 'src/a.png',
  images: [{ factor: 2, format: 'webp', quality: 80 }],
  ...more,
})

describe('the data of a job', () => {
  test('is taken without what does not belong to it', () => {
    const images: JobData['images'] = [{ factor: 4, width: 100, format: 'png' }]
    const parsed = parseJobData(KEY, { ...(job({ images: [{ ...images[0], file: '/etc/passwd' }] }) as object), url: 'http://x' })
    expect(parsed).toEqual({ digest: KEY, name: 'src/a.png', images })
  })

  test.each([
    ['no object', null],
    ['a text', 'x'],
    ['no digest', job({ digest: undefined })],
    ['a digest that is a path', job({ digest: `../${'a'.repeat(61)}` })],
    ['an absolute name', job({ name: '/etc/passwd' })],
    ['a name on another drive', job({ name: 'C:\\secret.png' })],
    ['a name that leaves the project', job({ name: 'a/../../b.png' })],
    ['a name that leaves it with backslashes', job({ name: 'a\\..\\b.png' })],
    ['a name with control characters', job({ name: 'a\nb.png' })],
    ['a name that is too long', job({ name: 'a'.repeat(501) })],
    ['a name that is no text', job({ name: ['a'] })],
    ['no images', job({ images: [] })],
    ['images that are no list', job({ images: { length: 1 } })],
    ['too many images', job({ images: Array.from({ length: 257 }, () => ({ factor: 2, format: 'png' })) })],
    ['a factor that there is not', job({ images: [{ factor: 1000, format: 'png' }] })],
    ['a factor that is a text', job({ images: [{ factor: '2', format: 'png' }] })],
    ['a format that there is not', job({ images: [{ factor: 2, format: 'svg' }] })],
    ['a format of every object', job({ images: [{ factor: 2, format: 'constructor' }] })],
    ['a width below 1', job({ images: [{ factor: 2, format: 'png', width: 0 }] })],
    ['a width without end', job({ images: [{ factor: 2, format: 'png', width: Infinity }] })],
    ['a quality over 100', job({ images: [{ factor: 2, format: 'webp', quality: 101 }] })],
  ])('is refused with %s', (_, data) => {
    expect(() => parseJobData(KEY, data)).toThrow(expect.objectContaining({ code: 'HD_QUEUE' }) as Error)
  })

  test.each([undefined, '', '1', `${KEY}0`, `../${KEY.slice(3)}`])('is refused with the id %s', (id) => {
    expect(() => parseJobData(id, job())).toThrow('its id is not a key')
  })
})

test.each([
  ['src/a b.png', 'src/a b.png'],
  ['../other/a.png', 'a.png'],
  ['/home/me/a.png', 'a.png'],
  ['C:\\me\\a.png', 'a.png'],
  ['a\u0007.png', 'image'],
  [`${'d/'.repeat(300)}a.png`, 'a.png'],
])('the name of %j for other machines is %s', (name, expected) => {
  expect(nameOf({ name })).toBe(expected)
  expect(() => parseJobData(KEY, job({ name: nameOf({ name }) }))).not.toThrow()
})

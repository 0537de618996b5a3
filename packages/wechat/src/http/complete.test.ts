import { expect, test } from 'vitest'
import { isComplete } from './complete.ts'

const filler = Buffer.alloc(3000, 7)
const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), filler, Buffer.from([0xff, 0xd9])])
const png = Buffer.concat([
  Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
  filler,
  Buffer.from('\0\0\0\0IEND\xae\x42\x60\x82', 'latin1'),
])
const webp = Buffer.concat([Buffer.from('RIFF'), Buffer.from([0xb8, 0x0b, 0, 0]), Buffer.from('WEBP'), filler.subarray(4)])

test.each([
  ['JPEG', jpeg],
  ['PNG', png],
  ['WebP', webp],
])('distinguishes a complete %s from a truncated one, and ignores trailing bytes', (_, image) => {
  expect(isComplete(image)).toBe(true)
  expect(isComplete(Buffer.concat([image, Buffer.alloc(100)]))).toBe(true)
  for (const length of [1000, image.length - 8]) expect(isComplete(image.subarray(0, length))).toBe(false)
})

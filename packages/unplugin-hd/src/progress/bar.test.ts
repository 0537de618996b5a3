import { expect, test } from 'vitest'
import { createBar, renderBar } from './bar.ts'

test('a bar shows images, megapixels, rate and remaining time', () => {
  expect(renderBar({ done: 1, images: 4, pixels: 2, total: 8, ms: 1000 })).toBe(
    '[#####···············] 1/4 images  2.0/8.0 MP  2.00 MP/s  3.0 s left',
  )
  expect(renderBar({ done: 0, images: 4, pixels: 0, total: 8, ms: 0 })).toBe(`[${'·'.repeat(20)}] 0/4 images  0.0/8.0 MP`)
  expect(renderBar({ done: 4, images: 4, pixels: 8, total: undefined, ms: 1000 })).toBe(
    `[${'#'.repeat(20)}] 4/4 images  8.0 MP  8.00 MP/s`,
  )
})

test('a bar is drawn only on terminals, and erased', () => {
  for (const isTTY of [true, false]) {
    let output = ''
    const bar = createBar({ write: (text) => (output += text), isTTY, columns: 80 }, 2, 1)
    bar.clear()
    expect(output).toBe(isTTY ? `\r\u001B[K[${'·'.repeat(20)}] 0/2 images  0.0/1.0 MP\r\u001B[K` : '')
  }
})

import { expect, test } from 'vitest'
import { visible, visibleJson } from './visible-text.ts'

test('escapes every character that controls a terminal or a log', () => {
  const codes = [
    ...Array.from({ length: 0x20 }, (_, code) => code),
    0x7f,
    ...Array.from({ length: 0x20 }, (_, code) => 0x80 + code),
  ]
  codes.push(
    0x61c,
    0x200e,
    0x200f,
    0x2028,
    0x2029,
    0x202a,
    0x202b,
    0x202c,
    0x202d,
    0x202e,
    0x2066,
    0x2067,
    0x2068,
    0x2069,
    0xfeff,
  )
  for (const code of codes) {
    expect(visible(`a${String.fromCodePoint(code)}b`)).toMatch(/^a\\(?:[nrt]|x[\da-f]{2}|u[\da-f]{4})b$/)
    const json = visibleJson([String.fromCodePoint(code)])
    expect(json).toMatch(/^[ -~]+$/)
    expect(JSON.parse(json)).toEqual([String.fromCodePoint(code)])
  }
})

test('leaves everything else unchanged', () => {
  const text = 'src/größe 図 👩‍🎨 \\ "x".jpg?hd&as=img'
  expect(visible(text)).toBe(text)
})

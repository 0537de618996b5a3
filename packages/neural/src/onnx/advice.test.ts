import { expect, test } from 'vitest'
import { Advice, hasNativeBinary } from './advice.ts'

function createLog(): { lines: string[]; log: { debug(): void; info(line: string): void; warn(): void } } {
  const lines: string[] = []
  return { lines, log: { debug: () => {}, info: (line) => lines.push(line), warn: () => {} } }
}

test('gives no advice for a few small images', () => {
  const { lines, log } = createLog()
  const advice = new Advice()
  for (let index = 0; index < 9; index++) {
    advice.count(1_000_000)
    advice.give(log)
  }
  expect(lines).toEqual([])
})

test('gives advice once for long work, by the sum of all pixels', () => {
  const { lines, log } = createLog()
  const advice = new Advice()
  for (let index = 0; index < 30; index++) {
    advice.count(1_000_000)
    advice.give(log)
  }
  expect(lines).toEqual([expect.stringContaining('npm install -D onnxruntime-node')])
})

test.each([
  ['linux', 'x64', true, true],
  ['linux', 'arm64', true, true],
  ['linux', 'x64', false, false],
  ['linux', 'riscv64', true, false],
  ['darwin', 'arm64', false, true],
  ['darwin', 'x64', false, false],
  ['win32', 'x64', false, true],
  ['freebsd', 'x64', false, false],
])('%s on %s (glibc: %s) has a native runtime: %s', (platform, arch, glibc, expected) => {
  expect(hasNativeBinary(platform, arch, glibc)).toBe(expected)
})

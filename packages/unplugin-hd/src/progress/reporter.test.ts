import type { DoneImage, HdEvent, VariantRequest } from '@unplugin-hd/core'
import { describe, expect, test } from 'vitest'
import { createReporter, type Reporter } from './reporter.ts'
import { formatBytes, formatTime } from './text.ts'

const IMAGE: DoneImage = {
  cache: 'made',
  ms: 1234,
  width: 20,
  height: 10,
  bytes: 2000,
  format: 'jpeg',
  upscaler: 'neural',
  provisional: false,
  source: { width: 10, height: 5, format: 'jpeg', bytes: 500 },
}

const VARIANT: VariantRequest = { factor: 2, format: 'jpeg', quality: 85 }

function setUp(terminal: boolean, quiet = false): { reporter: Reporter; output: () => string; warnings: string[] } {
  let output = ''
  const warnings: string[] = []
  const stream = { write: (text: string) => (output += text), isTTY: terminal, columns: 80 }
  return { reporter: createReporter({ stream, quiet, warn: (text) => void warnings.push(text) }), output: () => output, warnings }
}

function send(reporter: Reporter, ...events: HdEvent[]): void {
  for (const event of events) reporter.onEvent(event)
}

const made = (name: string, image: Partial<DoneImage> = {}): HdEvent[] => [
  { type: 'queued', name },
  { type: 'upscaled', name, upscaler: 'neural', metered: false },
  { type: 'progress', name, fraction: 0.5 },
  { type: 'settled', name },
  { type: 'done', name, variant: VARIANT, image: { ...IMAGE, ...image } },
]

describe('the reporter', () => {
  test('without a terminal prints a plain line for each made image and a summary', () => {
    const { reporter, output } = setUp(false)
    send(reporter, ...made('a.jpg'), { type: 'done', name: 'b.jpg', variant: VARIANT, image: { ...IMAGE, cache: 'hit', ms: 2 } })
    reporter.end()
    expect(output().split('\n')).toEqual([
      'hd 1/1 a.jpg  10x5 → 20x10  500 B → 2.0 kB  1.2 s  made (neural)',
      'hd b.jpg  10x5 → 20x10  500 B → 2.0 kB  2 ms  from cache (neural)',
      'hd 2 images: 1 made, 1 from cache; 1.2 s of work, 1.0 kB → 4.0 kB',
      '',
    ])
  })

  test('shows a live line on a terminal, and erases it before anything else is printed', () => {
    const { reporter, output } = setUp(true)
    send(reporter, ...made('a.jpg'))
    expect(output()).toContain('\r\u001B[Khd 0/1 a.jpg')
    reporter.end()
    const [, ...printed] = output().split('\r\u001B[K')
    expect(printed.at(-1)).toContain('1 image')
  })

  test('tells what a remote cache gave and got', () => {
    const { reporter, output } = setUp(false)
    send(reporter, ...made('a.jpg'))
    reporter.end({ fetched: 3, fetchedBytes: 1_200_000, sent: 1, sentBytes: 36_000 })
    expect(output()).toContain('remote cache: 3 entries fetched (1.20 MB), 1 entry sent (36.0 kB)')
    const without = setUp(false)
    send(without.reporter, ...made('a.jpg'))
    without.reporter.end({ fetched: 0, fetchedBytes: 0, sent: 0, sentBytes: 0 })
    expect(without.output()).not.toContain('remote')
  })

  test('escapes control characters in names and messages', () => {
    const evil = 'a\n\u001B[31m\u202Eb.jpg'
    for (const terminal of [false, true]) {
      const { reporter, output, warnings } = setUp(terminal)
      send(reporter, ...made(evil, { upscaler: evil }), { type: 'warning', name: evil, message: evil })
      reporter.info(evil)
      reporter.end()
      const shown = 'a\\n\\x1b[31m\\u202eb.jpg'
      expect(warnings).toEqual([`${shown}: ${shown}`])
      expect(output()).toContain(shown)
      for (const raw of ['\u001B[31m', '\u202E', 'a\n']) expect(output()).not.toContain(raw)
    }
  })

  test('prints only warnings if quiet', () => {
    const { reporter, output, warnings } = setUp(true, true)
    send(reporter, ...made('a.jpg'), { type: 'warning', name: 'a.jpg', message: 'too large' })
    reporter.end()
    expect(output()).toBe('')
    expect(warnings).toEqual(['a.jpg: too large'])
  })

  test('prints nothing if there was no image', () => {
    const { reporter, output } = setUp(false)
    reporter.end()
    expect(output()).toBe('')
  })

  test('lists cached images only if there are few', () => {
    const { reporter, output } = setUp(false)
    for (let index = 0; index < 30; index++)
      send(reporter, { type: 'done', name: `${index}.jpg`, variant: VARIANT, image: { ...IMAGE, cache: 'hit' } })
    reporter.end()
    expect(output().split('\n')).toEqual([expect.stringMatching(/^hd 30 images: 30 from cache; /), ''])
  })

  test('counts an image once if several environments request it', () => {
    const { reporter, output } = setUp(false)
    send(reporter, ...made('a.jpg'), { type: 'done', name: 'a.jpg', variant: VARIANT, image: { ...IMAGE, cache: 'hit' } })
    reporter.end()
    expect(output()).toContain('1 image: 1 made;')
  })

  test('counts metered calls and failures, and resets at the end', () => {
    const { reporter, output } = setUp(false)
    const metered: HdEvent = { type: 'upscaled', name: 'a.jpg', upscaler: 'cloud', metered: true }
    send(reporter, metered, ...made('a.jpg'), { type: 'failed', name: 'b.jpg', variant: VARIANT, error: new Error('no luck') })
    reporter.end()
    expect(output()).toContain('1 made, 1 failed, 1 metered calls')
    const before = output()
    reporter.end()
    expect(output()).toBe(before)
  })
})

describe('formatting', () => {
  test('uses units of 1000 for bytes', () => {
    expect([999, 1000, 36_012, 1_500_000].map(formatBytes)).toEqual(['999 B', '1.0 kB', '36.0 kB', '1.50 MB'])
  })

  test('chooses the unit of times', () => {
    expect([0.4, 999, 1300, 125_000].map(formatTime)).toEqual(['0 ms', '999 ms', '1.3 s', '2 min 5 s'])
  })
})

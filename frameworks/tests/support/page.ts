import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { doubled, type Seen } from '../../../test/browser/support/page.ts'

/** A page in a browser, closed when the test ends. */
export interface Opened {
  page: Page
  /** Console errors and warnings, failed requests, and responses with status 400 or above. */
  faults: string[]
  /** URLs that returned a preview. */
  previews: Set<string>
  /** What the browser currently shows for every element with a `data-place`. */
  look(): Promise<Seen[]>
}

/** Messages of frameworks for developers, unrelated to the page. */
const CHATTER_RE = /Vue Devtools|React DevTools|\[vite\]|✨|<Suspense> is an experimental/

/** Opens a page and waits until its `<body>` has `data-ready`. @param deviceScaleFactor pixels per CSS pixel */
export async function open(browser: Browser, url: string, deviceScaleFactor: number): Promise<Opened> {
  const script = await readFile(new URL('../../../test/browser/support/look.js', import.meta.url), 'utf8')
  const context = await browser.newContext({ deviceScaleFactor })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const faults: string[] = []
  const previews = new Set<string>()
  page.on('console', (message) => {
    const isFault = ['error', 'warning'].includes(message.type()) && !CHATTER_RE.test(message.text())
    if (isFault) faults.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`)
    if (response.headers()['cache-control'] === 'no-store' && /[?&]hd/.test(response.url())) previews.add(response.url())
  })
  // A dev server compiles the page first.
  await page.goto(url, { waitUntil: 'load', timeout: 100_000 })
  await page.waitForSelector('body[data-ready]')
  // In a block, so that it can run again.
  return { page, faults, previews, look: () => page.evaluate<Seen[]>(`{${script}}`) }
}

/** Checks that every place shows 2x pixels, or the screen's candidate. */
export function expectDoubled(seen: readonly Seen[], deviceScaleFactor: number): void {
  for (const { place, source, isSet, url, pixels, natural, isLoaded } of seen) {
    expect(isLoaded, `${place}: ${url}`).toBe(true)
    expect(pixels, place).toBe(isSet && deviceScaleFactor === 1 ? source : doubled(source))
    // A candidate with a descriptor has the CSS size of the source, whatever its pixels.
    if (natural !== undefined) expect(natural, place).toBe(isSet ? source : doubled(source))
  }
}

/** The image attributes by place, as in the document. */
export async function attributesOf(page: Page): Promise<Record<string, Record<string, string>>> {
  return page.evaluate(`{${await readFile(new URL('attributes.js', import.meta.url), 'utf8')}}`)
}

import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { doubled, type Seen } from '../../../test/browser/support/page.ts'

/** A page in a browser, closed when the test is over. */
export interface Opened {
  page: Page
  /** Errors and warnings in the console, requests that failed, answers from 400 on. */
  faults: string[]
  /** Addresses that were answered with a preview. */
  previews: Set<string>
  /** What the browser shows now for every element with a `data-place`. */
  look(): Promise<Seen[]>
}

/** What frameworks tell developers, whatever the page is. */
const CHATTER_RE = /Vue Devtools|React DevTools|\[vite\]|✨|<Suspense> is an experimental/

/** Opens it, and waits until its `<body>` says `data-ready`. @param deviceScaleFactor pixels per CSS pixel */
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
  await page.goto(url, { waitUntil: 'load' })
  await page.waitForSelector('body[data-ready]')
  // In a block, so that it can be run again.
  return { page, faults, previews, look: () => page.evaluate<Seen[]>(`{${script}}`) }
}

/** Every place shows 2x pixels, or those of the screen where it has candidates. */
export function expectDoubled(seen: readonly Seen[], deviceScaleFactor: number): void {
  for (const { place, source, isSet, url, pixels, natural, isLoaded } of seen) {
    expect(isLoaded, `${place}: ${url}`).toBe(true)
    expect(pixels, place).toBe(isSet && deviceScaleFactor === 1 ? source : doubled(source))
    // A candidate with a descriptor is as large as the source, whatever pixels it has.
    if (natural !== undefined) expect(natural, place).toBe(isSet ? source : doubled(source))
  }
}

/** The attributes that name images, by place, as they are in the document. */
export async function attributesOf(page: Page): Promise<Record<string, Record<string, string>>> {
  return page.evaluate(`{${await readFile(new URL('attributes.js', import.meta.url), 'utf8')}}`)
}

import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'

/** What a browser shows for an element with a `data-place`. */
export interface Seen {
  place: string
  /** Size of the source: `96x96`. */
  source: string
  /** True if it has candidates for several screens. */
  isSet: boolean
  url: string
  /** Size of the file behind the URL. */
  pixels: string
  /** The natural size of an `<img>`, in CSS pixels. */
  natural: string | undefined
  isLoaded: boolean
}

export interface Visit {
  seen: Seen[]
  /** Console errors, failed requests, and responses with status 400 or above. */
  faults: string[]
}

/** Opens a page and inspects it when its `<body>` has `data-ready`. @param deviceScaleFactor pixels per CSS pixel */
export async function visit(browser: Browser, url: string, deviceScaleFactor: number): Promise<Visit> {
  const look = await readFile(new URL('look.js', import.meta.url), 'utf8')
  return open(browser, url, deviceScaleFactor, async (page, faults) => {
    await page.waitForSelector('body[data-ready]')
    return { seen: await page.evaluate<Seen[]>(look), faults }
  })
}

export interface ShownImage {
  /** The candidate that the browser chose. */
  url: string
  /** Size of the file behind it, or `unreadable`. */
  pixels: string
}

/** Opens a page and inspects each `<img>`, on a screen with two pixels per CSS pixel. */
export async function visitImages(browser: Browser, url: string): Promise<{ images: ShownImage[]; faults: string[] }> {
  const look = await readFile(new URL('images.js', import.meta.url), 'utf8')
  return open(browser, url, 2, async (page, faults) => ({ images: await page.evaluate<ShownImage[]>(look), faults }))
}

/** Opens a page in a new context, waits until the network is idle, and records errors. */
async function open<T>(
  browser: Browser,
  url: string,
  deviceScaleFactor: number,
  look: (page: Page, faults: string[]) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({ deviceScaleFactor })
  try {
    const page = await context.newPage()
    const faults: string[] = []
    page.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text()}`))
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText
      // The browser aborts requests that it no longer needs, such as a poster. What it finally shows is checked anyway.
      if (reason !== 'net::ERR_ABORTED') faults.push(`failed: ${request.url()} (${reason})`)
    })
    page.on('response', (response) => response.status() >= 400 && faults.push(`${response.status()}: ${response.url()}`))
    await page.goto(url, { waitUntil: 'networkidle' })
    return await look(page, faults)
  } finally {
    await context.close()
  }
}

/** `96x96` twice as wide and high. */
export function doubled(size: string): string {
  return size
    .split('x')
    .map((side) => 2 * Number(side))
    .join('x')
}

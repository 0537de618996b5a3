import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

/** Where Debian, and other systems, put it. */
const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of a Chromium on this machine: `CHROMIUM_PATH`, or where systems put it. */
export const CHROMIUM: string | undefined = process.env['CHROMIUM_PATH'] ?? PATHS.find((path) => existsSync(path))

// In the runner's own output too, where a skipped test is easily overlooked.
if (CHROMIUM === undefined) {
  console.warn(
    '\n*** NO CHROMIUM: the tests in a browser are SKIPPED. Install it (Debian: apt-get install chromium), or set CHROMIUM_PATH. ***\n',
  )
}

/** Starts it, without a window and without talking to anybody. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM!,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

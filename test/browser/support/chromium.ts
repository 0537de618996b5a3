import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

/** Default paths on Debian and other systems. */
const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of Chromium: `CHROMIUM_PATH` or a default path. */
export const CHROMIUM: string | undefined = process.env['CHROMIUM_PATH'] ?? PATHS.find((path) => existsSync(path))

// Also in the runner's output, where a skipped test is easily overlooked.
if (CHROMIUM === undefined) {
  console.warn(
    '\n*** NO CHROMIUM: the tests in a browser are SKIPPED. Install it (Debian: apt-get install chromium), or set CHROMIUM_PATH. ***\n',
  )
}

/** Starts Chromium, headless and without network access of its own. */
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

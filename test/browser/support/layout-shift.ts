import type { Page } from 'playwright-core'

export interface LayoutShift {
  /** The share of the screen that moved, as Chromium measures it. */
  value: number
  /** What moved: `DIV.content`. */
  moved: string[]
}

// Runs in the page before anything else.
const RECORD = `
  window.layoutShifts = []
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      const moved = sources.map(({ node }) => node?.nodeName + '.' + (node?.className ?? ''))
      if (!hadRecentInput) window.layoutShifts.push({ value, moved })
    }
  }).observe({ type: 'layout-shift', buffered: true })
`

/** Records what moves in a page without input, from its start. @returns a function that gives what did so far */
export async function recordLayoutShifts(page: Page): Promise<() => Promise<LayoutShift[]>> {
  await page.addInitScript(RECORD)
  return () => page.evaluate<LayoutShift[]>('window.layoutShifts')
}

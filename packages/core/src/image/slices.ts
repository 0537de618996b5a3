import { setImmediate as breathe } from 'node:timers/promises'

/** Numbers that are visited before others get their turn on the event loop (a dev server answers meanwhile): some 10 ms. */
const SLICE = 500_000

/** Calls `visit` for 0 to `count - 1`, and lets others run in between. */
export async function slices(count: number, visit: (index: number) => void): Promise<void> {
  for (let from = 0; from < count; from += SLICE) {
    if (from > 0) await breathe()
    const to = Math.min(from + SLICE, count)
    for (let index = from; index < to; index++) visit(index)
  }
}

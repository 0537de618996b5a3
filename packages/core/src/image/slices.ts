import { setImmediate as breathe } from 'node:timers/promises'

/** Iterations between two yields to the event loop, about 10 ms, so that a dev server stays responsive. */
const SLICE = 500_000

/** Calls `visit` for 0 to `count - 1` and yields to the event loop in between. */
export async function slices(count: number, visit: (index: number) => void): Promise<void> {
  for (let from = 0; from < count; from += SLICE) {
    if (from > 0) await breathe()
    const to = Math.min(from + SLICE, count)
    for (let index = from; index < to; index++) visit(index)
  }
}

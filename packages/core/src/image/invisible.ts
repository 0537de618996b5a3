import { setImmediate as breathe } from 'node:timers/promises'

/**
 * Source pixels around a visible one that keep their colour: bicubic spreads alpha over two, and software that ignores alpha
 * when it scales (texture filtering) must not mix in black.
 */
const MARGIN = 2

/** Rows between two yields to the event loop. */
const ROWS = 64

/**
 * Sets invisible pixels far from visible ones to black, in place: the PNG then takes a twentieth of the bytes for them.
 * @param enlarged `3 * factor² * width * height` bytes: RGB of `factor` times the size
 * @param alpha `width * height` bytes, of the source
 */
export async function clearInvisible(
  enlarged: Uint8Array,
  alpha: Uint8Array,
  width: number,
  height: number,
  factor: number,
): Promise<void> {
  const pixel = 3 * factor
  const line = pixel * width
  for (let row = 0; row < height; row++) {
    if (row > 0 && row % ROWS === 0) await breathe()
    const near = visibleColumns(alpha, width, height, row)
    if (near === undefined) continue
    for (let from = near.indexOf(0); from >= 0;) {
      const next = near.indexOf(1, from)
      const to = next < 0 ? width : next
      for (let copy = 0; copy < factor; copy++) {
        const start = (factor * row + copy) * line
        enlarged.fill(0, start + pixel * from, start + pixel * to)
      }
      from = next < 0 ? -1 : near.indexOf(0, next)
    }
  }
}

/** 1 for each column of the row with a visible pixel within the margin; `undefined` when all have one. */
function visibleColumns(alpha: Uint8Array, width: number, height: number, row: number): Uint8Array | undefined {
  const near = new Uint8Array(width)
  for (let y = Math.max(row - MARGIN, 0); y <= Math.min(row + MARGIN, height - 1); y++) {
    for (let x = 0; x < width; x++) {
      if (alpha[y * width + x] !== 0) near.fill(1, Math.max(x - MARGIN, 0), x + MARGIN + 1)
    }
  }
  return near.includes(0) ? near : undefined
}

/** Rings of pixels that are filled outward from what is visible: beyond the reach of a usual network (12 to 20 pixels). */
const RINGS = 24

/** Below this alpha a pixel's own colour is too coarse to trust (8-bit editors quantise it), so neighbours have their say. */
const TRUSTED_ALPHA = 16

/**
 * Fills the colour of transparent pixels, in place, from their visible neighbours, ring by ring; what lies further out
 * gets the mean of all visible colours. Nothing changes where alpha is at least 16, or when nothing is visible.
 * @param rgb `3 * width * height` bytes
 * @param alpha `width * height` bytes
 */
export function bleed(rgb: Uint8Array, alpha: Uint8Array, width: number, height: number): void {
  const size = width * height
  const known = new Uint8Array(size)
  const mean = [0, 0, 0]
  let visible = 0
  for (let pixel = 0; pixel < size; pixel++) {
    if (alpha[pixel]! < TRUSTED_ALPHA) continue
    known[pixel] = 1
    visible++
    for (let channel = 0; channel < 3; channel++) mean[channel]! += rgb[3 * pixel + channel]!
  }
  if (visible === 0 || visible === size) return

  let ring = frontier(known, width, height)
  for (let depth = 0; depth < RINGS && ring.length > 0; depth++) {
    const colours = ring.map((pixel) => neighbourColour(rgb, known, pixel, width, height))
    ring.forEach((pixel, index) => blend(rgb, pixel, alpha[pixel]!, colours[index]!))
    for (const pixel of ring) known[pixel] = 1
    ring = nextRing(known, ring, width, height)
  }
  const rest: Colour = [mean[0]! / visible, mean[1]! / visible, mean[2]! / visible]
  for (let pixel = 0; pixel < size; pixel++) if (known[pixel] === 0) blend(rgb, pixel, alpha[pixel]!, rest)
}

type Colour = [red: number, green: number, blue: number]

function frontier(known: Uint8Array, width: number, height: number): number[] {
  const ring: number[] = []
  for (let pixel = 0; pixel < known.length; pixel++) {
    if (known[pixel] === 0 && countKnown(known, pixel, width, height) > 0) ring.push(pixel)
  }
  return ring
}

function nextRing(known: Uint8Array, ring: number[], width: number, height: number): number[] {
  const next = new Set<number>()
  for (const pixel of ring) {
    const count = neighbours(pixel, width, height)
    for (let index = 0; index < count; index++) if (known[near[index]!] === 0) next.add(near[index]!)
  }
  return [...next]
}

function countKnown(known: Uint8Array, pixel: number, width: number, height: number): number {
  let total = 0
  const count = neighbours(pixel, width, height)
  for (let index = 0; index < count; index++) total += known[near[index]!]!
  return total
}

function neighbourColour(rgb: Uint8Array, known: Uint8Array, pixel: number, width: number, height: number): Colour {
  const sum: Colour = [0, 0, 0]
  let used = 0
  const count = neighbours(pixel, width, height)
  for (let index = 0; index < count; index++) {
    const other = near[index]!
    if (known[other] === 0) continue
    used++
    for (let channel = 0; channel < 3; channel++) sum[channel]! += rgb[3 * other + channel]!
  }
  return [sum[0] / used, sum[1] / used, sum[2] / used]
}

/** Keeps as much of the pixel's own colour as its alpha is worth. */
function blend(rgb: Uint8Array, pixel: number, alpha: number, colour: Colour): void {
  const own = alpha / TRUSTED_ALPHA
  for (let channel = 0; channel < 3; channel++) {
    const at = 3 * pixel + channel
    rgb[at] = Math.round(own * rgb[at]! + (1 - own) * colour[channel]!)
  }
}

/** The last answer of {@link neighbours}: one buffer for millions of calls. */
const near = new Int32Array(8)

/** Writes the up to eight neighbours of a pixel to `near` and returns how many there are. */
function neighbours(pixel: number, width: number, height: number): number {
  const x = pixel % width
  const y = (pixel - x) / width
  let count = 0
  for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, height - 1); row++) {
    for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, width - 1); column++) {
      if (row !== y || column !== x) near[count++] = row * width + column
    }
  }
  return count
}

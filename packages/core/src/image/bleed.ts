import { slices } from './slices.ts'

/** Rings of pixels filled outwards from visible ones: wider than the receptive field of a usual network (12 to 20 pixels). */
const RINGS = 24

/** Below this alpha a pixel's own colour is too coarse to trust (8-bit editors quantise it), so it is mixed with its neighbours. */
const TRUSTED_ALPHA = 16

const UNKNOWN = 0
const KNOWN = 1
/** In the ring being filled: its colour must not be read yet. */
const PENDING = 2

/**
 * Fills the colour of transparent pixels in place from their visible neighbours, ring by ring. Pixels further out get the mean
 * of all visible colours. Nothing changes where alpha is at least 16, or when nothing is visible.
 * @param rgb `3 * width * height` bytes
 * @param alpha `width * height` bytes
 */
export async function bleed(rgb: Uint8Array, alpha: Uint8Array, width: number, height: number): Promise<void> {
  const size = width * height
  const field: Field = { rgb, alpha, state: new Uint8Array(size), width, height }
  const { visible, mean } = await markVisible(field)
  if (visible === 0 || visible === size) return

  let ring = await firstRing(field)
  for (let depth = 0; depth < RINGS && ring.length > 0; depth++) ring = await fillRing(field, ring)
  await slices(size, (pixel) => {
    if (field.state[pixel] !== KNOWN) blend(field, pixel, mean[0]!, mean[1]!, mean[2]!)
  })
}

interface Field {
  rgb: Uint8Array
  alpha: Uint8Array
  /** One of the states above for each pixel. */
  state: Uint8Array
  width: number
  height: number
}

async function markVisible({ rgb, alpha, state }: Field): Promise<{ visible: number; mean: number[] }> {
  let visible = 0
  const sum = [0, 0, 0]
  await slices(state.length, (pixel) => {
    if (alpha[pixel]! < TRUSTED_ALPHA) return
    state[pixel] = KNOWN
    visible++
    sum[0]! += rgb[3 * pixel]!
    sum[1]! += rgb[3 * pixel + 1]!
    sum[2]! += rgb[3 * pixel + 2]!
  })
  return { visible, mean: sum.map((total) => total / visible) }
}

/** The unknown pixels next to known ones, now pending. */
async function firstRing(field: Field): Promise<number[]> {
  const ring: number[] = []
  await slices(field.state.length, (pixel) => {
    if (field.state[pixel] === UNKNOWN && touchesKnown(field, pixel)) ring.push(pixel)
  })
  for (const pixel of ring) field.state[pixel] = PENDING
  return ring
}

/** Colours the pending pixels of `ring` and returns the next ring, now pending. */
async function fillRing(field: Field, ring: readonly number[]): Promise<number[]> {
  const next: number[] = []
  await slices(ring.length, (index) => takeNeighbourColour(field, ring[index]!))
  await slices(ring.length, (index) => {
    field.state[ring[index]!] = KNOWN
    pushUnknown(field, ring[index]!, next)
  })
  return next
}

function touchesKnown({ state, width, height }: Field, pixel: number): boolean {
  const x = pixel % width
  const y = (pixel - x) / width
  const right = Math.min(x + 1, width - 1)
  const bottom = Math.min(y + 1, height - 1)
  for (let row = Math.max(y - 1, 0); row <= bottom; row++) {
    for (let column = Math.max(x - 1, 0); column <= right; column++) if (state[row * width + column] === KNOWN) return true
  }
  return false
}

function takeNeighbourColour(field: Field, pixel: number): void {
  const { rgb, state, width, height } = field
  const x = pixel % width
  const y = (pixel - x) / width
  const right = Math.min(x + 1, width - 1)
  const bottom = Math.min(y + 1, height - 1)
  let used = 0
  let red = 0
  let green = 0
  let blue = 0
  for (let row = Math.max(y - 1, 0); row <= bottom; row++) {
    for (let column = Math.max(x - 1, 0); column <= right; column++) {
      const other = row * width + column
      if (state[other] !== KNOWN) continue
      used++
      red += rgb[3 * other]!
      green += rgb[3 * other + 1]!
      blue += rgb[3 * other + 2]!
    }
  }
  blend(field, pixel, red / used, green / used, blue / used)
}

function pushUnknown({ state, width, height }: Field, pixel: number, ring: number[]): void {
  const x = pixel % width
  const y = (pixel - x) / width
  const right = Math.min(x + 1, width - 1)
  const bottom = Math.min(y + 1, height - 1)
  for (let row = Math.max(y - 1, 0); row <= bottom; row++) {
    for (let column = Math.max(x - 1, 0); column <= right; column++) {
      const other = row * width + column
      if (state[other] !== UNKNOWN) continue
      state[other] = PENDING
      ring.push(other)
    }
  }
}

/** Blends in the pixel's own colour in proportion to its alpha. */
function blend({ rgb, alpha }: Field, pixel: number, red: number, green: number, blue: number): void {
  const own = alpha[pixel]! / TRUSTED_ALPHA
  const at = 3 * pixel
  rgb[at] = Math.round(own * rgb[at]! + (1 - own) * red)
  rgb[at + 1] = Math.round(own * rgb[at + 1]! + (1 - own) * green)
  rgb[at + 2] = Math.round(own * rgb[at + 2]! + (1 - own) * blue)
}

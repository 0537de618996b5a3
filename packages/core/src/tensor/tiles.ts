/** How one axis of an image is split into tiles of equal size, each of which delivers a part of the axis. */
export interface AxisPlan {
  /** Source pixels per tile, the same for every tile. Larger than the axis only if the image is padded. */
  edge: number
  spans: Span[]
}

/** One tile on one axis, in source pixels. It covers `start` to `start + edge` and delivers `from` to `to`. */
export interface Span {
  start: number
  from: number
  /** Exclusive. */
  to: number
}

export interface AxisLimits {
  /** The longest edge, in source pixels; more than twice the overlap. */
  tile: number
  /** Context around the delivered part, in source pixels, except at the border of the image. */
  overlap: number
  /** The model takes exactly `tile` pixels: shorter images are padded. */
  exact?: boolean
  /** Edges are a multiple of this; shorter images are padded. @default 1: never padded */
  multiple?: number
}

/** With several tiles, edges are a multiple of this: it suits ONNX Runtime's vector kernels and yields fewer shapes. */
const ALIGNMENT = 8

/**
 * Splits `length` pixels into as few tiles as `limits` allow, of equal size and evenly spread, so that few pixels are computed
 * twice. The delivered parts cover the axis exactly once. The seam between neighbours is in the middle of their shared pixels, at
 * least `overlap` from the end of either. The first and the last tile end at the border of the image, so a model that pads with
 * zeros sees the same border as without tiles.
 */
export function planAxis(length: number, limits: AxisLimits): AxisPlan {
  const { tile, overlap, exact = false, multiple = 1 } = limits
  const longest = exact ? tile : tile - (tile % multiple)
  if (length <= longest) {
    return { edge: exact ? tile : roundUp(length, multiple), spans: [{ start: 0, from: 0, to: length }] }
  }
  const count = Math.ceil((length - 2 * overlap) / (longest - 2 * overlap))
  const shared = 2 * overlap * (count - 1)
  const edge = exact ? tile : Math.min(longest, roundUp(Math.ceil((length + shared) / count), Math.max(multiple, ALIGNMENT)))
  const starts = Array.from({ length: count }, (_, index) => Math.round((index * (length - edge)) / (count - 1)))
  const seams = starts.slice(1).map((start, index) => (start + starts[index]! + edge) >> 1)
  const spans = starts.map((start, index) => ({ start, from: seams[index - 1] ?? 0, to: seams[index] ?? length }))
  return { edge, spans }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple
}

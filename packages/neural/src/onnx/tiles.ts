/** How one axis of an image is cut: tiles of one `edge`, each of which owns a part of the axis. */
export interface AxisPlan {
  /** Source pixels that the net sees per tile, the same for every tile. Larger than the axis only where it is padded. */
  edge: number
  spans: Span[]
}

/** One tile on one axis, in source pixels. What it sees is `start` to `start + edge`, what it delivers `from` to `to`. */
export interface Span {
  start: number
  from: number
  /** Exclusive. */
  to: number
}

export interface AxisLimits {
  /** The longest edge, in source pixels; more than twice the overlap. */
  tile: number
  /** Source pixels around the delivered part that the net must see, except at the border of the image. */
  overlap: number
  /** The net takes edges of exactly `tile`: shorter images are padded. */
  exact?: boolean
  /** Edges are a multiple of this, by padding where the image is shorter. @default 1: never padded */
  multiple?: number
}

/** Edges of several tiles are a multiple of this: the vector kernels of ONNX Runtime like it, and fewer shapes occur. */
const ALIGNMENT = 8

/**
 * Cuts `length` pixels into as few tiles as `limits` allow, all of one edge and evenly spread, so that few pixels are
 * computed twice. The parts delivered cover the axis once; between neighbours the seam is in the middle of what both see,
 * at least `overlap` away from either's end. The first and the last tile end at the border of the image, so a net that
 * pads with zeros sees the same border as it would without tiles.
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

import { expand, type Rectangle, type Task, toPixels } from './region.ts'

/** The approximate width of a strip, in tiles: the rows that layers keep, and the weights, then fit into the cache. */
const STRIP_TILES = 32

/** A vertical part of a task. */
export interface Strip {
  /** The part that each layer computes, in tiles. */
  parts: Rectangle[]
  /** The part of the source that it needs, in pixels. */
  source: Rectangle
}

/**
 * The strips of a task, which are computed from left to right. A layer reads one pixel more on the right than it computes, so its part of a
 * strip ends one tile further left than that of the previous layer, and begins where its part of the previous strip ended. Nothing is
 * computed twice.
 * @param layers number of layers of the network
 */
export function planStrips(task: Task, layers: number): Strip[] {
  const { region: whole } = task
  // The first strip is wider in the early layers, the last one in the late ones; neither may become empty.
  const width = Math.max(STRIP_TILES, layers + 2)
  const count = Math.max(1, Math.floor((whole.right - whole.left + layers) / width))
  const regions = Array.from({ length: layers }, (_, layer) => partOf(task, layers - 1 - layer))
  const around = { ...expand(task, layers), ...(whole.takes && { bottom: whole.bottom }) }
  // At multiples of four tiles, because as many are computed together.
  const cut = (index: number): number =>
    whole.left + 4 * Math.round((index * (whole.right - whole.left)) / count / 4) - Math.floor(layers / 2)
  return Array.from({ length: count }, (_, index) => {
    const parts = regions.map((region, layer) => ({
      ...region,
      left: index === 0 ? region.left : cut(index) + layers - 1 - layer,
      right: index === count - 1 ? region.right : cut(index + 1) + layers - 1 - layer,
    }))
    // The first layer reads one pixel more on both sides, and the last one adds to the source.
    const left = Math.max(around.left, Math.min(parts[0]!.left, parts.at(-1)!.left) - 1)
    const source = { ...around, left, right: Math.min(around.right, parts[0]!.right + 1) }
    return { parts, source: toPixels(task, source) }
  })
}

/**
 * The part of a task that the layer with `following` layers behind it computes. If the rows below are taken from the next region, it ends where
 * that layer of the next region begins.
 */
function partOf(task: Task, following: number): Rectangle {
  const part = expand(task, following)
  return task.region.takes ? { ...part, bottom: task.region.bottom - following } : part
}

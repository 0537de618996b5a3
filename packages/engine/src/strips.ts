import { expand, type Rectangle, type Task, toPixels } from './region.ts'

/** Tiles of a strip, roughly. The rows that layers keep of it, and the weights, then stay in the cache. */
const STRIP_TILES = 64

/** A part of a task from its left to its right. */
export interface Strip {
  /** What each layer computes, in tiles. */
  parts: Rectangle[]
  /** What it needs of the source, in pixels. */
  source: Rectangle
}

/**
 * The strips of a task, which are computed from left to right. A layer depends on a pixel more to the right than it computes, so its part of
 * a strip ends one tile further left than that of the layer before it, and begins where its part of the strip before ended. Nothing is
 * computed twice.
 * @param layers of the network
 */
export function planStrips(task: Task, layers: number): Strip[] {
  const { region: whole } = task
  // The first strip is wider in the early layers, the last one in the late ones; neither may become empty.
  const width = Math.max(STRIP_TILES, layers + 2)
  const count = Math.max(1, Math.floor((whole.right - whole.left + layers) / width))
  const regions = Array.from({ length: layers }, (_, layer) => expand(task, layers - 1 - layer))
  const around = expand(task, layers)
  const cut = (index: number): number =>
    whole.left + Math.round((index * (whole.right - whole.left)) / count) - Math.floor(layers / 2)
  return Array.from({ length: count }, (_, index) => {
    const parts = regions.map((region, layer) => ({
      ...region,
      left: index === 0 ? region.left : cut(index) + layers - 1 - layer,
      right: index === count - 1 ? region.right : cut(index + 1) + layers - 1 - layer,
    }))
    // The first layer reads a pixel more on both sides, the last one adds to the source.
    const left = Math.max(around.left, Math.min(parts[0]!.left, parts.at(-1)!.left) - 1)
    const source = { ...around, left, right: Math.min(around.right, parts[0]!.right + 1) }
    return { parts, source: toPixels(task, source) }
  })
}

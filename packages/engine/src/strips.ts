import { expand, type Rectangle, type Task } from './region.ts'

/** Tiles of a strip, roughly. The rows that layers keep of it, and the weights, then stay in the cache. */
const STRIP_TILES = 64

/**
 * What each layer computes of each strip of a task, in tiles: `[strip][layer]`.
 *
 * A task is computed in strips from left to right. A layer depends on a pixel more to the right than it computes, so its part of a strip ends
 * one tile further left than that of the layer before it, and begins where its part of the strip before ended. Nothing is computed twice.
 * @param layers of the network
 */
export function planStrips(task: Task, layers: number): Rectangle[][] {
  const { left, right } = task.region
  // The first strip is wider in the early layers, the last one in the late ones; neither may become empty.
  const width = Math.max(STRIP_TILES, layers + 2)
  const count = Math.max(1, Math.floor((right - left + layers) / width))
  const regions = Array.from({ length: layers }, (_, layer) => expand(task, layers - 1 - layer))
  const cut = (index: number): number => left + Math.round((index * (right - left)) / count) - Math.floor(layers / 2)
  return Array.from({ length: count }, (_, index) =>
    regions.map((region, layer) => ({
      ...region,
      left: index === 0 ? region.left : cut(index) + layers - 1 - layer,
      right: index === count - 1 ? region.right : cut(index + 1) + layers - 1 - layer,
    })),
  )
}

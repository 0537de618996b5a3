import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RgbImage } from '../image.ts'
import { deliver } from './deliver.ts'
import type { Net } from './net.ts'
import { createTensorData, readTile } from './tensor.ts'
import { planAxis } from './tiles.ts'

/**
 * Doubles the image tile by tile, or keeps its size if the model only restores. Besides the result, memory holds one tile and its
 * output. The event loop gets a turn between tiles, so that a message to abort is received.
 * @param onTile called after each tile with the share that is done, 0 to 1; may throw to stop
 */
export async function upscaleTiles(net: Net, image: RgbImage, onTile: (fraction: number) => void): Promise<RgbImage> {
  const { width, height } = image
  const { factor, filter, input, outputLayout } = net
  const { channels } = input
  const across = planAxis(width, net.across)
  const down = planAxis(height, net.down)
  const made = Math.min(factor, 2)
  const result = { width: made * width, height: made * height, data: new Uint8Array(3 * made * width * made * height) }
  const values = createTensorData(net.inputType, channels, across.edge, down.edge)
  const total = across.spans.length * down.spans.length
  let done = 0
  for (const row of down.spans) {
    for (const column of across.spans) {
      const tile = { x: column.start, y: row.start, width: across.edge, height: down.edge }
      readTile(image, tile, input, values)
      const data = await net.run(values, tile.width, tile.height)
      const samples = { data, width: factor * tile.width, height: factor * tile.height, layout: outputLayout, channels }
      const seen = { ...tile, width: Math.min(tile.width, width - tile.x), height: Math.min(tile.height, height - tile.y) }
      const part = { x: column.from, y: row.from, width: column.to - column.from, height: row.to - row.from }
      deliver({ samples, factor, seen, part }, filter, image, result)
      await nextTurn()
      onTile(++done / total)
    }
  }
  return result
}

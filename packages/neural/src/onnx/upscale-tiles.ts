import { setImmediate as nextTurn } from 'node:timers/promises'
import { createTensorData, deliver, planGrid, readTile } from '@unplugin-hd/core/tensor'
import type { RgbImage } from '../image.ts'
import type { Net } from './net.ts'

/**
 * Doubles the image tile by tile, or keeps its size if the model only restores. Besides the result, memory holds one tile and its
 * output. The event loop gets a turn between tiles, so that a message to abort is received.
 * @param onTile called after each tile with the share that is done, 0 to 1; may throw to stop
 */
export async function upscaleTiles(net: Net, image: RgbImage, onTile: (fraction: number) => void): Promise<RgbImage> {
  const { factor, filter, input, outputLayout } = net
  const { channels } = input
  const { width, height, tiles } = planGrid(image, net)
  const made = Math.min(factor, 2)
  const result = { width: made * image.width, height: made * image.height, data: new Uint8Array(made * made * image.data.length) }
  const values = createTensorData(net.inputType, channels, width, height)
  for (const [index, { area, seen, part }] of tiles.entries()) {
    readTile(image, area, input, values)
    const data = await net.run(values, width, height)
    const samples = { data, width: factor * width, height: factor * height, layout: outputLayout, channels }
    deliver({ samples, factor, seen, part }, filter, image, result)
    await nextTurn()
    onTile((index + 1) / tiles.length)
  }
  return result
}

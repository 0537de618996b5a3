import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Net } from './net.ts'
import { createTensorData, type Picture, readTile, writeTile } from './tensor.ts'
import { planAxis } from './tiles.ts'

/**
 * The picture at twice its width and height, made tile by tile: beside the result, memory holds one tile.
 * Between tiles the event loop turns once, so that a message to abort gets through.
 * @param onTile called after each tile with the share that is done, 0 to 1; may throw to stop
 */
export async function upscaleTiles(net: Net, picture: Picture, onTile: (fraction: number) => void): Promise<Picture> {
  const { width, height } = picture
  const across = planAxis(width, net.across)
  const down = planAxis(height, net.down)
  const result = { width: 2 * width, height: 2 * height, data: new Uint8Array(12 * width * height) }
  const input = createTensorData(net.inputType, across.edge, down.edge)
  const total = across.spans.length * down.spans.length
  let done = 0
  for (const row of down.spans) {
    for (const column of across.spans) {
      readTile(picture, { x: column.start, y: row.start, width: across.edge, height: down.edge }, net.inputLayout, input)
      const data = await net.run(input, across.edge, down.edge)
      const part = {
        x: 2 * (column.from - column.start),
        y: 2 * (row.from - row.start),
        width: 2 * (column.to - column.from),
        height: 2 * (row.to - row.from),
      }
      const output = { data, width: 2 * across.edge, height: 2 * down.edge, layout: net.outputLayout }
      writeTile(output, part, result, 2 * column.from, 2 * row.from)
      await nextTurn()
      onTile(++done / total)
    }
  }
  return result
}

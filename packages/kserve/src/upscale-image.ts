import { setMaxListeners } from 'node:events'
import { type Gate, type Pixels, throwIfAborted } from '@unplugin-hd/core'
import { createTensorData, deliver, type Grid, planGrid, readTile, type Tile } from '@unplugin-hd/core/tensor'
import { KserveError } from './errors.ts'
import type { Model } from './model.ts'

/** Tiles of one request together have at most so many values: four of 512 x 512 pixels. */
const MAX_VALUES = 4 * 3 * 512 ** 2

export interface ImageTask {
  image: Pixels
  /** Bounds the requests of all images. */
  gate: Gate
  batch: BatchLimit
  signal: AbortSignal
  /** Throws when there is no use in another request. */
  beforeRequest(): void
  /** Takes each failure as it happens. @returns what to throw */
  failed(error: unknown): unknown
  /** @param fraction from 0 to 1 */
  onProgress(fraction: number): void
}

/** The most tiles in one request; lowered for good when the server takes no more. */
export interface BatchLimit {
  tiles: number
}

/**
 * Exactly 2x of the image: its tiles go to the server in batches, several requests at once.
 * @throws KserveError; `KSERVE_RESPONSE` also where tiles come from different versions of the model
 */
export async function upscaleImage(
  model: Model,
  { image, gate, batch, signal, beforeRequest, failed, onProgress }: ImageTask,
): Promise<Pixels> {
  const grid = planGrid(image, model)
  const result = { width: 2 * image.width, height: 2 * image.height, data: new Uint8Array(4 * image.data.length) }
  const failing = new AbortController()
  const either = AbortSignal.any([signal, failing.signal])
  // Each batch that waits adds a listener.
  setMaxListeners(0, either)
  const versions = new Set<string | undefined>()
  let done = 0
  let failure: unknown

  const run = async (tiles: Tile[]): Promise<void> => {
    const leave = await gate.enter(either)
    try {
      beforeRequest()
      const { samples, version } = await runTiles(model, image, grid, tiles, either)
      versions.add(version)
      for (const [index, { seen, part }] of tiles.entries()) {
        deliver({ samples: samples[index]!, factor: model.factor, seen, part }, model.filter, image, result)
      }
      done += tiles.length
      onProgress(done / grid.tiles.length)
    } catch (error) {
      if (tiles.length === 1 || model.fixedBatch !== undefined || !mayBeTooMany(error)) {
        if (either.aborted) throw error
        // Before anything that waits goes on.
        failure = failed(error)
        failing.abort()
        throw failure
      }
      leave()
      const half = Math.ceil(tiles.length / 2)
      batch.tiles = Math.min(batch.tiles, half)
      await Promise.all([run(tiles.slice(0, half)), run(tiles.slice(half))])
    } finally {
      leave()
    }
  }

  const work = batchesOf(grid, model, batch).map((tiles) => run(tiles))
  try {
    await Promise.all(work)
  } catch (error) {
    await Promise.allSettled(work)
    throwIfAborted(signal)
    // The others only end because of it.
    throw failure ?? error
  }
  if (versions.size > 1) {
    const remedy = 'Set `version`, so that the model stays the same while it is replaced'
    const message = `parts of an image come from the versions ${[...versions].join(' and ')} of the model`
    throw failed(new KserveError('KSERVE_RESPONSE', message, { remedy }))
  }
  return result
}

function batchesOf({ tiles, width, height }: Grid, { fixedBatch, input }: Model, { tiles: most }: BatchLimit): Tile[][] {
  const count = fixedBatch ?? Math.max(1, Math.min(most, Math.floor(MAX_VALUES / (input.channels * width * height))))
  return Array.from({ length: Math.ceil(tiles.length / count) }, (_, index) => tiles.slice(index * count, (index + 1) * count))
}

/** The metadata do not tell the largest batch; servers refuse more with 400, and models with fixed inner shapes fail. */
function mayBeTooMany(error: unknown): boolean {
  return error instanceof KserveError && (error.code === 'KSERVE_MODEL' || error.status === 500)
}

async function runTiles(model: Model, image: Pixels, { width, height }: Grid, tiles: Tile[], signal: AbortSignal) {
  const { factor, inputType, input, outputLayout: layout } = model
  const { channels } = input
  // A fixed batch is filled up with black.
  const count = model.fixedBatch ?? tiles.length
  const size = channels * width * height
  const data = createTensorData(inputType, channels, width, count * height)
  for (const [index, { area }] of tiles.entries()) readTile(image, area, input, data.subarray(index * size, (index + 1) * size))
  const output = await model.run({ data, count, width, height }, signal)
  const values = factor ** 2 * size
  const samples = tiles.map((_, index) => ({
    data: output.data.subarray(index * values, (index + 1) * values),
    width: factor * width,
    height: factor * height,
    layout,
    channels,
  }))
  return { samples, version: output.modelVersion }
}

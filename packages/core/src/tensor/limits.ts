import type { Filter } from './filter.ts'
import type { DeclaredSize, Layout } from './shape.ts'
import type { AxisLimits } from './tiles.ts'
import { UnfitModelError } from './unfit-model.ts'

/** Covers the effective receptive field of common models; the theoretical one is often larger. */
export const OVERLAP = 32
/** The minimum that a tile delivers besides its overlap, in source pixels. */
export const LEAST_PART = 16

/** The smallest tile that an overlap leaves something of, in source pixels. @param overlap `undefined`: {@link OVERLAP} */
export function leastTile(overlap: number | undefined): number {
  return 2 * (overlap ?? OVERLAP) + LEAST_PART
}

/** Edges of tiles are multiples of this: many nets unshuffle by 2 or 4, or work on windows of 8 or 16. */
const MULTIPLE = 16

export interface TileSettings {
  /** The longest edge of a tile, in source pixels; `undefined`: 512, or less if the model enlarges by more than 2. */
  tile: number | undefined
  /** In source pixels; `undefined`: {@link OVERLAP}, or less if the model's fixed size is small. */
  overlap: number | undefined
}

export interface TileLimits {
  across: AxisLimits
  down: AxisLimits
}

/** The limits of a model's tiles. @throws UnfitModelError, when the overlap leaves nothing of the model's fixed size */
export function limitTiles(
  { width, height }: DeclaredSize[Layout],
  factor: number,
  filter: Filter | undefined,
  settings: TileSettings,
): TileLimits {
  const reach = filter?.reach ?? 0
  return {
    across: limitAxis('width', width, factor, reach, settings),
    down: limitAxis('height', height, factor, reach, settings),
  }
}

/** About one megapixel of output per tile, whatever the factor, because memory use grows with the output. */
function defaultTile(factor: number): number {
  return Math.floor(1024 / Math.max(factor, 2))
}

/** @param reach source pixels that the filter reads beyond the delivered part */
function limitAxis(axis: string, fixed: number | undefined, factor: number, reach: number, settings: TileSettings): AxisLimits {
  if (fixed === undefined) {
    const overlap = (settings.overlap ?? OVERLAP) + reach
    const tile = Math.max(settings.tile ?? defaultTile(factor), leastTile(overlap))
    return { tile, overlap, multiple: MULTIPLE }
  }
  const overlap = settings.overlap ?? Math.min(OVERLAP, fixed >> 2)
  if (fixed <= 2 * (overlap + reach)) {
    const expected = `expected \`overlap\` to be less than half of the model's ${axis} of ${fixed} pixels, it is ${overlap}`
    throw new UnfitModelError(expected, 'Lower `overlap`')
  }
  return { tile: fixed, overlap: overlap + reach, exact: true }
}

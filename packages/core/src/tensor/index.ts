/** Images as tensors of a network, cut into tiles and brought to exactly 2x. For upscalers that run models. */
export { deliver, type Output } from './deliver.ts'
export { createFilter, type Filter } from './filter.ts'
export { fromHalves, toHalves, type HalfData } from './float16.ts'
export { planGrid, type Grid, type Tile } from './grid.ts'
export { LEAST_PART, leastTile, limitTiles, OVERLAP, type TileLimits, type TileSettings } from './limits.ts'
export { createProbe, LARGEST_FACTOR, readProbe, type Probe } from './probe.ts'
export type { Rectangle, Samples, TensorData } from './samples.ts'
export {
  readShape,
  type Channels,
  type DeclaredShape,
  type DeclaredSize,
  type Layout,
  type Reading,
  type ValueType,
} from './shape.ts'
export { createTensorData, readTile, tensorDims } from './tensor.ts'
export type { AxisLimits } from './tiles.ts'
export { UnfitModelError } from './unfit-model.ts'

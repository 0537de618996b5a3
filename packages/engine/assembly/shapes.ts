/** Bytes of a pixel (or of the products of a tile) in a slab. */
export const PIXEL: usize = 128
export const SLAB_CHANNELS: i32 = 32
/** Bytes of a tile of 16-bit integers in a slab. */
export const INTEGERS: usize = 64
/** Bytes of four channels. */
export const VECTOR: usize = 16
/** Bytes between horizontal neighbours. */
export const TILE: usize = 4 * PIXEL
/** Bytes between lines of a 4x6 block of vectors in `scratch`. */
export const LINE: usize = 6 * VECTOR
/** Values of a transformed tile or kernel. */
export const POINTS: usize = 36
/** Tiles that are transformed and multiplied at a time. */
export const TOGETHER: usize = 4
/** Output channels that `multiply` computes at a time. */
export const OUTPUTS: i32 = 8
/** The norm of the integers of a tile, at most. With that of a kernel, 65000, sums stay below 2^31. */
export const TILE_NORM: f32 = 32767
export const KERNEL_NORM: f64 = 65000
/** Added between planes, so that they do not map to the same cache lines. */
const APART: usize = 64

/** Bytes of the slabs of a block that have `channels` channels. @param size bytes of a tile */
// @ts-ignore: AssemblyScript has decorators for functions
@inline
export function planeOf(channels: i32, block: i32, size: usize): usize {
  return <usize>((channels + SLAB_CHANNELS - 1) / SLAB_CHANNELS) * <usize>block * size + APART
}

/** Bytes of a transformed kernel for one of the 36 points: integers, then a factor for each output channel. */
// @ts-ignore
@inline
export function kernelOf(inputs: i32, outputs: i32): usize {
  return <usize>(outputs * (2 * inputs + 4))
}

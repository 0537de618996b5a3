/** Bytes of a pixel (or of a tile) in a slab. */
export const PIXEL: usize = 128
export const SLAB_CHANNELS: i32 = 32
/** Bytes of four channels. */
export const VECTOR: usize = 16
/** Bytes between horizontal neighbours. */
export const TILE: usize = 4 * PIXEL
/** Bytes between lines of a 4x6 block of vectors in `scratch`. */
export const LINE: usize = 6 * VECTOR
/** Values of a transformed tile or kernel. */
export const POINTS: i32 = 36
/** Output channels that `multiply` computes at a time. */
export const OUTPUTS: i32 = 8

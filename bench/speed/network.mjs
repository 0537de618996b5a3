const LAYERS = 10
const CHANNELS = 32

/** Multiplications (each with an addition) for one pixel of the source in the 3x3 convolutions of the built-in network, done plainly. */
export const PLAIN = 9 * (3 * CHANNELS + LAYERS * CHANNELS * CHANNELS + CHANNELS * 12)

/** The same in the engine's products: 36 for 16 pixels by Winograd's F(4x4, 3x3), with 8 instead of 3 and 16 instead of 12 channels. */
export const WINOGRAD = (36 / 16) * (8 * CHANNELS + LAYERS * CHANNELS * CHANNELS + CHANNELS * 16)

/**
 * Multiply-adds that a core can do in a cycle by instructions of 128 bits: two instructions (`pmaddwd`) that multiply eight 16-bit integers each and add
 * neighbours. Their sums are added by two more.
 */
export const PEAK_PER_CYCLE = 16

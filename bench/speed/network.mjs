/**
 * Multiplications and additions for one pixel of the source, in the convolutions of the built-in network: 3 to 32, ten times 32 to
 * 32, 32 to 12 channels, 3x3 each.
 */
export const FLOP_PER_PIXEL = 2 * 9 * (3 * 32 + 10 * 32 * 32 + 32 * 12)

/** Conversion between bytes and numbers. */
import { PIXEL } from './shapes'

/** Converts `pixels` pixels of three bytes at `from` to float pixels of a row at `to`: eight channels, of which five are zero. Reads one byte more. */
export function widen(from: usize, to: usize, pixels: i32): void {
  const colours = i32x4(0x00ffffff, 0, 0, 0), zeros = i32x4.splat(0)
  for (let x = 0; x < pixels; x++) {
    const bytes = v128.and(v128.load32_zero(from), colours)
    v128.store(to, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes))))
    v128.store(to, zeros, 16)
    from += 3
    to += PIXEL
  }
}

/** Adds twelve values to the source pixel and writes 2x2 pixels of bytes. The bias includes the 0.5 for rounding, so fractions are truncated. */
// @ts-ignore: AssemblyScript has decorators for functions
@inline
export function writePixels(detail: usize, source: usize, to: usize, stride: usize): void {
  const black = f32x4.splat(0), white = f32x4.splat(255)
  const pixel = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(source))))
  let a = f32x4.add(v128.load(detail), v128.shuffle<i32>(pixel, pixel, 0, 1, 2, 0))
  let b = f32x4.add(v128.load(detail, 16), v128.shuffle<i32>(pixel, pixel, 1, 2, 0, 1))
  let c = f32x4.add(v128.load(detail, 32), v128.shuffle<i32>(pixel, pixel, 2, 0, 1, 2))
  a = f32x4.pmin(f32x4.pmax(a, black), white)
  b = f32x4.pmin(f32x4.pmax(b, black), white)
  c = f32x4.pmin(f32x4.pmax(c, black), white)
  const ab = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b))
  const cut = i32x4.trunc_sat_f32x4_s(c)
  const bytes = i8x16.narrow_i16x8_u(ab, i16x8.narrow_i32x4_s(cut, cut))
  v128.store_lane<i32>(to, bytes, 0)
  v128.store_lane<i16>(to, bytes, 2, 4)
  v128.store_lane<i16>(to + stride, bytes, 3)
  v128.store_lane<i32>(to + stride, bytes, 2, 2)
}

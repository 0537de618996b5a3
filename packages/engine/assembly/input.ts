/** The input of a layer: transforms pixels to the 36 values of a tile. */
import { PIXEL, TILE, VECTOR } from './shapes'

/** Tiles that are transformed together. Neighbours share two of their six columns, which are transformed only once. */
const TOGETHER: i32 = 4
/** Bytes between lines of the half-transformed values in `scratch`: the columns of these tiles. */
const HALFWAY: usize = (4 * TOGETHER + 2) * VECTOR

/** Transforms 6x6 pixels of each tile to 36 values: first columns, then rows. */
// @ts-ignore
@inline
export function transformInput(rows: usize, first: i32, count: i32, inputs: i32, slab: usize, workspace: usize, plane: usize, blockSlab: usize, scratch: usize): void {
  const r0 = load<usize>(rows), r1 = load<usize>(rows, 4), r2 = load<usize>(rows, 8)
  const r3 = load<usize>(rows, 12), r4 = load<usize>(rows, 16), r5 = load<usize>(rows, 20)
  for (let t = 0; t < count; t += TOGETHER) {
    const tiles = <usize>min(TOGETHER, count - t)
    for (let channel = 0; channel < inputs; channel += 4) {
      const place = <usize>(channel & 31) << 2
      const inSlab = <usize>(channel >> 5)
      let pixel = inSlab * slab + <usize>(first + t) * TILE + place
      const end = scratch + (4 * tiles + 2) * VECTOR
      for (let to = scratch; to < end; to += VECTOR, pixel += PIXEL)
        toWinograd(
          v128.load(r0 + pixel), v128.load(r1 + pixel), v128.load(r2 + pixel), v128.load(r3 + pixel), v128.load(r4 + pixel), v128.load(r5 + pixel),
          to, HALFWAY,
        )
      const line: usize = 6 * plane
      let v = workspace + inSlab * blockSlab + <usize>t * PIXEL + place
      const last = scratch + 4 * tiles * VECTOR
      for (let from = scratch; from < last; from += 4 * VECTOR, v += PIXEL) {
        row(from, v, plane)
        row(from + HALFWAY, v + line, plane)
        row(from + 2 * HALFWAY, v + 2 * line, plane)
        row(from + 3 * HALFWAY, v + 3 * line, plane)
        row(from + 4 * HALFWAY, v + 4 * line, plane)
        row(from + 5 * HALFWAY, v + 5 * line, plane)
      }
    }
  }
}

// @ts-ignore
@inline
function row(p: usize, to: usize, step: usize): void {
  toWinograd(v128.load(p), v128.load(p, 16), v128.load(p, 32), v128.load(p, 48), v128.load(p, 64), v128.load(p, 80), to, step)
}

/** Transforms six values: the matrix Bᵀ of F(4, 3). */
// @ts-ignore
@inline
function toWinograd(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, step: usize): void {
  const four = f32x4.splat(4)
  const even = f32x4.sub(d4, f32x4.mul(four, d2)), odd = f32x4.sub(d3, f32x4.mul(four, d1))
  const outer = f32x4.sub(d4, d2), inner = f32x4.sub(d3, d1)
  const twice = f32x4.add(inner, inner)
  v128.store(to, f32x4.add(f32x4.mul(four, f32x4.sub(d0, d2)), outer))
  v128.store(to + step, f32x4.add(even, odd))
  v128.store(to + 2 * step, f32x4.sub(even, odd))
  v128.store(to + 3 * step, f32x4.add(outer, twice))
  v128.store(to + 4 * step, f32x4.sub(outer, twice))
  v128.store(to + 5 * step, f32x4.sub(f32x4.sub(d5, d3), f32x4.add(twice, twice)))
}

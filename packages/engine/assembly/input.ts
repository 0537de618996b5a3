/** What a layer reads: from pixels to the 36 values of a tile. */
import { LINE, PIXEL, TILE, VECTOR } from './shapes'

/** 6x6 pixels of each tile to 36 values: first down the columns, then along the rows. */
// @ts-ignore
@inline
export function transformInput(rows: usize, first: i32, count: i32, inputs: i32, slab: usize, workspace: usize, plane: usize, blockSlab: usize, scratch: usize): void {
  const r0 = load<usize>(rows), r1 = load<usize>(rows, 4), r2 = load<usize>(rows, 8)
  const r3 = load<usize>(rows, 12), r4 = load<usize>(rows, 16), r5 = load<usize>(rows, 20)
  for (let t = 0; t < count; t++) {
    for (let channel = 0; channel < inputs; channel += 4) {
      const place = <usize>(channel & 31) << 2
      const inSlab = <usize>(channel >> 5)
      const at = inSlab * slab + <usize>(first + t) * TILE + place
      const p0 = r0 + at, p1 = r1 + at, p2 = r2 + at, p3 = r3 + at, p4 = r4 + at, p5 = r5 + at
      column(p0, p1, p2, p3, p4, p5, scratch)
      column(p0 + PIXEL, p1 + PIXEL, p2 + PIXEL, p3 + PIXEL, p4 + PIXEL, p5 + PIXEL, scratch + VECTOR)
      column(p0 + 2 * PIXEL, p1 + 2 * PIXEL, p2 + 2 * PIXEL, p3 + 2 * PIXEL, p4 + 2 * PIXEL, p5 + 2 * PIXEL, scratch + 2 * VECTOR)
      column(p0 + 3 * PIXEL, p1 + 3 * PIXEL, p2 + 3 * PIXEL, p3 + 3 * PIXEL, p4 + 3 * PIXEL, p5 + 3 * PIXEL, scratch + 3 * VECTOR)
      column(p0 + 4 * PIXEL, p1 + 4 * PIXEL, p2 + 4 * PIXEL, p3 + 4 * PIXEL, p4 + 4 * PIXEL, p5 + 4 * PIXEL, scratch + 4 * VECTOR)
      column(p0 + 5 * PIXEL, p1 + 5 * PIXEL, p2 + 5 * PIXEL, p3 + 5 * PIXEL, p4 + 5 * PIXEL, p5 + 5 * PIXEL, scratch + 5 * VECTOR)
      const v = workspace + inSlab * blockSlab + <usize>t * PIXEL + place
      const line: usize = 6 * plane
      row(scratch, v, plane)
      row(scratch + LINE, v + line, plane)
      row(scratch + 2 * LINE, v + 2 * line, plane)
      row(scratch + 3 * LINE, v + 3 * line, plane)
      row(scratch + 4 * LINE, v + 4 * line, plane)
      row(scratch + 5 * LINE, v + 5 * line, plane)
    }
  }
}

// @ts-ignore
@inline
function column(p0: usize, p1: usize, p2: usize, p3: usize, p4: usize, p5: usize, to: usize): void {
  toWinograd(v128.load(p0), v128.load(p1), v128.load(p2), v128.load(p3), v128.load(p4), v128.load(p5), to, LINE)
}

// @ts-ignore
@inline
function row(p: usize, to: usize, step: usize): void {
  toWinograd(v128.load(p), v128.load(p, 16), v128.load(p, 32), v128.load(p, 48), v128.load(p, 64), v128.load(p, 80), to, step)
}

/** Six values to six: the matrix B transposed of F(4, 3). */
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

/** The input of a layer: transforms pixels to the 36 values of a tile, as integers. */
import { INTEGERS, PIXEL, planeOf, POINTS, TILE, TILE_NORM, TOGETHER, VECTOR } from './shapes'

/** Columns that four tiles read. Neighbours share two of their six columns, which are transformed only once. */
const COLUMNS: usize = 4 * TOGETHER + 2
/** 1.5 * 2^23: if a number below 2^22 is added, the lowest bits of the sum are the rounded number, in two's complement. */
const ROUNDING: f32 = 12582912

/**
 * Transforms 6x6 pixels of each tile to 36 values per channel, first columns, then rows, and rounds them to integers.
 * @param scratch room for the half-transformed columns, the squares and the values of four tiles
 */
// @ts-ignore: AssemblyScript has decorators for functions
@inline
export function transformInput(rows: usize, first: i32, count: i32, inputs: i32, slab: usize, workspace: usize, block: i32, scratch: usize): void {
  const vectors = <usize>(inputs >> 2)
  const squares = scratch + 6 * COLUMNS * VECTOR * vectors
  const values = squares + POINTS * TOGETHER * VECTOR
  const integers = workspace + POINTS * <usize>block * 4
  for (let t: usize = 0; t < <usize>count; t += TOGETHER) {
    const tiles = min(TOGETHER, <usize>count - t)
    transformColumns(rows, (<usize>first + t) * TILE, 4 * tiles + 2, vectors, slab, scratch)
    transformRows(scratch, tiles, vectors, squares, values)
    roundValues(values, squares, vectors, workspace + 4 * t, <usize>block * 4, integers + t * INTEGERS, planeOf(inputs, block, INTEGERS), <usize>block * INTEGERS)
  }
}

// @ts-ignore
@inline
function transformColumns(rows: usize, column: usize, columns: usize, vectors: usize, slab: usize, to: usize): void {
  const r0 = load<usize>(rows) + column, r1 = load<usize>(rows, 4) + column, r2 = load<usize>(rows, 8) + column
  const r3 = load<usize>(rows, 12) + column, r4 = load<usize>(rows, 16) + column, r5 = load<usize>(rows, 20) + column
  const line = COLUMNS * VECTOR * vectors
  for (let vector: usize = 0; vector < vectors; vector++) {
    let pixel = (vector >> 3) * slab + (vector & 7) * VECTOR
    let p = to + vector * COLUMNS * VECTOR
    const end = p + columns * VECTOR
    do {
      const d0 = v128.load(r0 + pixel), d1 = v128.load(r1 + pixel), d2 = v128.load(r2 + pixel)
      const d3 = v128.load(r3 + pixel), d4 = v128.load(r4 + pixel), d5 = v128.load(r5 + pixel)
      v128.store(p, atZero(d0, d2, d4))
      v128.store(p + line, atOne(d1, d2, d3, d4))
      v128.store(p + 2 * line, atMinusOne(d1, d2, d3, d4))
      v128.store(p + 3 * line, atTwo(d1, d2, d3, d4))
      v128.store(p + 4 * line, atMinusTwo(d1, d2, d3, d4))
      v128.store(p + 5 * line, atInfinity(d1, d3, d5))
      p += VECTOR
      pixel += PIXEL
    } while (p < end)
  }
}

/** Writes the values of up to four tiles, `[36][4][channels]`, and the sums of their squares, of every fourth channel: `[36][4][4]`. */
// @ts-ignore
@inline
function transformRows(from: usize, tiles: usize, vectors: usize, squares: usize, values: usize): void {
  const tile = vectors * VECTOR
  const plane = TOGETHER * tile
  for (let line: usize = 0; line < 6; line++) {
    for (let t: usize = 0; t < tiles; t++) {
      let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0), s4 = f32x4.splat(0), s5 = f32x4.splat(0)
      let p = from + line * COLUMNS * tile + t * 4 * VECTOR
      let to = values + 6 * line * plane + t * tile
      const end = to + tile
      do {
        const d0 = v128.load(p), d1 = v128.load(p, 16), d2 = v128.load(p, 32), d3 = v128.load(p, 48), d4 = v128.load(p, 64), d5 = v128.load(p, 80)
        const v0 = atZero(d0, d2, d4), v1 = atOne(d1, d2, d3, d4), v2 = atMinusOne(d1, d2, d3, d4)
        const v3 = atTwo(d1, d2, d3, d4), v4 = atMinusTwo(d1, d2, d3, d4), v5 = atInfinity(d1, d3, d5)
        v128.store(to, v0)
        v128.store(to + plane, v1)
        v128.store(to + 2 * plane, v2)
        v128.store(to + 3 * plane, v3)
        v128.store(to + 4 * plane, v4)
        v128.store(to + 5 * plane, v5)
        s0 = f32x4.add(s0, f32x4.mul(v0, v0))
        s1 = f32x4.add(s1, f32x4.mul(v1, v1))
        s2 = f32x4.add(s2, f32x4.mul(v2, v2))
        s3 = f32x4.add(s3, f32x4.mul(v3, v3))
        s4 = f32x4.add(s4, f32x4.mul(v4, v4))
        s5 = f32x4.add(s5, f32x4.mul(v5, v5))
        p += COLUMNS * VECTOR
        to += VECTOR
      } while (to < end)
      const at = squares + (6 * line * TOGETHER + t) * VECTOR
      v128.store(at, s0)
      v128.store(at, s1, 64)
      v128.store(at, s2, 128)
      v128.store(at, s3, 192)
      v128.store(at, s4, 256)
      v128.store(at, s5, 320)
    }
  }
}

/**
 * Rounds the values to 16-bit integers, relative to the norm of a tile's channels: so no sum of products can overflow, whatever the image
 * (by Cauchy and Schwarz's inequality), and small values are as precise as large ones.
 * @param factors what the integers of each tile are to be multiplied by
 */
// @ts-ignore
@inline
function roundValues(values: usize, squares: usize, vectors: usize, factors: usize, factorsStep: usize, to: usize, plane: usize, slab: usize): void {
  const tile = vectors * VECTOR
  for (let point: usize = 0; point < POINTS; point++) {
    const s0 = v128.load(squares), s1 = v128.load(squares, 16), s2 = v128.load(squares, 32), s3 = v128.load(squares, 48)
    const a = f32x4.add(v128.shuffle<i32>(s0, s1, 0, 4, 1, 5), v128.shuffle<i32>(s0, s1, 2, 6, 3, 7))
    const b = f32x4.add(v128.shuffle<i32>(s2, s3, 0, 4, 1, 5), v128.shuffle<i32>(s2, s3, 2, 6, 3, 7))
    const sums = f32x4.add(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.shuffle<i32>(a, b, 2, 3, 6, 7))
    // Not zero, so that the scale is finite.
    const norms = f32x4.sqrt(f32x4.pmax(sums, f32x4.splat(1e-20)))
    v128.store(factors, f32x4.mul(norms, f32x4.splat(1 / TILE_NORM)))
    const scales = f32x4.div(f32x4.splat(TILE_NORM), norms)
    const c0 = v128.shuffle<i32>(scales, scales, 0, 0, 0, 0), c1 = v128.shuffle<i32>(scales, scales, 1, 1, 1, 1)
    const c2 = v128.shuffle<i32>(scales, scales, 2, 2, 2, 2), c3 = v128.shuffle<i32>(scales, scales, 3, 3, 3, 3)
    for (let vector: usize = 0; vector < vectors; vector += 2) {
      const p = values + vector * VECTOR
      const q = to + (vector >> 3) * slab + (vector & 7) * (VECTOR / 2)
      v128.store(q, rounded(p, c0))
      v128.store(q, rounded(p + tile, c1), 64)
      v128.store(q, rounded(p + 2 * tile, c2), 128)
      v128.store(q, rounded(p + 3 * tile, c3), 192)
    }
    squares += TOGETHER * VECTOR
    values += TOGETHER * tile
    factors += factorsStep
    to += plane
  }
}

/** Eight channels at `p` as integers: the first four in the lower halves of the lanes, the others in the upper ones. */
// @ts-ignore
@inline
function rounded(p: usize, scale: v128): v128 {
  const rounding = f32x4.splat(ROUNDING)
  const low = f32x4.add(f32x4.mul(v128.load(p), scale), rounding), high = f32x4.add(f32x4.mul(v128.load(p, 16), scale), rounding)
  return v128.shuffle<i16>(low, i32x4.shl(high, 16), 0, 9, 2, 11, 4, 13, 6, 15)
}

// The lines of the matrix Bᵀ of F(4, 3), named after their points.
// @ts-ignore
@inline
function atZero(d0: v128, d2: v128, d4: v128): v128 {
  return f32x4.add(times4(f32x4.sub(d0, d2)), f32x4.sub(d4, d2))
}
// @ts-ignore
@inline
function atOne(d1: v128, d2: v128, d3: v128, d4: v128): v128 {
  return f32x4.add(f32x4.sub(d4, times4(d2)), f32x4.sub(d3, times4(d1)))
}
// @ts-ignore
@inline
function atMinusOne(d1: v128, d2: v128, d3: v128, d4: v128): v128 {
  return f32x4.sub(f32x4.sub(d4, times4(d2)), f32x4.sub(d3, times4(d1)))
}
// @ts-ignore
@inline
function atTwo(d1: v128, d2: v128, d3: v128, d4: v128): v128 {
  return f32x4.add(f32x4.sub(d4, d2), twice(f32x4.sub(d3, d1)))
}
// @ts-ignore
@inline
function atMinusTwo(d1: v128, d2: v128, d3: v128, d4: v128): v128 {
  return f32x4.sub(f32x4.sub(d4, d2), twice(f32x4.sub(d3, d1)))
}
// @ts-ignore
@inline
function atInfinity(d1: v128, d3: v128, d5: v128): v128 {
  return f32x4.sub(f32x4.sub(d5, d3), times4(f32x4.sub(d3, d1)))
}
// @ts-ignore
@inline
function times4(v: v128): v128 {
  return f32x4.mul(f32x4.splat(4), v)
}
// @ts-ignore
@inline
function twice(v: v128): v128 {
  return f32x4.add(v, v)
}

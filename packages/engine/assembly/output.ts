/** The output of a layer: transforms 36 products to the 16 pixels of a tile. */
import { LINE, VECTOR } from './shapes'

/** Transforms the columns of 36 products, to four rows of six in `scratch`. `finishRow` and `collectRow` transform the rows. */
// @ts-ignore
@inline
export function transformOutput(m: usize, plane: usize, scratch: usize): void {
  const line: usize = 6 * plane
  for (let j: usize = 0; j < 6; j++) {
    const p = m + j * plane
    const m0 = v128.load(p), m1 = v128.load(p + line), m2 = v128.load(p + 2 * line)
    const m3 = v128.load(p + 3 * line), m4 = v128.load(p + 4 * line), m5 = v128.load(p + 5 * line)
    const to = scratch + j * VECTOR
    const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), u = f32x4.add(m3, m4), e = f32x4.sub(m3, m4)
    const four = f32x4.splat(4)
    const twice = f32x4.add(e, e)
    v128.store(to, f32x4.add(f32x4.add(m0, s), u))
    v128.store(to, f32x4.add(d, twice), LINE)
    v128.store(to, f32x4.add(s, f32x4.mul(four, u)), 2 * LINE)
    v128.store(to, f32x4.add(f32x4.add(d, f32x4.mul(four, twice)), m5), 3 * LINE)
  }
}

// @ts-ignore
@inline
export function finishRow(p: usize, bias: v128, slopes: v128, to: usize): void {
  const m0 = v128.load(p), m1 = v128.load(p, 16), m2 = v128.load(p, 32), m3 = v128.load(p, 48), m4 = v128.load(p, 64), m5 = v128.load(p, 80)
  const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), u = f32x4.add(m3, m4), e = f32x4.sub(m3, m4)
  const four = f32x4.splat(4)
  const twice = f32x4.add(e, e)
  v128.store(to, leaky(f32x4.add(bias, f32x4.add(f32x4.add(m0, s), u)), slopes))
  v128.store(to, leaky(f32x4.add(bias, f32x4.add(d, twice)), slopes), 128)
  v128.store(to, leaky(f32x4.add(bias, f32x4.add(s, f32x4.mul(four, u))), slopes), 256)
  v128.store(to, leaky(f32x4.add(bias, f32x4.add(f32x4.add(d, f32x4.mul(four, twice)), m5)), slopes), 384)
}

// @ts-ignore
@inline
function leaky(y: v128, slopes: v128): v128 {
  return f32x4.pmax(y, f32x4.mul(slopes, y))
}

// @ts-ignore
@inline
export function collectRow(p: usize, bias: v128, to: usize): void {
  const m0 = v128.load(p), m1 = v128.load(p, 16), m2 = v128.load(p, 32), m3 = v128.load(p, 48), m4 = v128.load(p, 64), m5 = v128.load(p, 80)
  const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), u = f32x4.add(m3, m4), e = f32x4.sub(m3, m4)
  const four = f32x4.splat(4)
  const twice = f32x4.add(e, e)
  v128.store(to, f32x4.add(bias, f32x4.add(f32x4.add(m0, s), u)))
  v128.store(to, f32x4.add(bias, f32x4.add(d, twice)), 48)
  v128.store(to, f32x4.add(bias, f32x4.add(s, f32x4.mul(four, u))), 96)
  v128.store(to, f32x4.add(bias, f32x4.add(f32x4.add(d, f32x4.mul(four, twice)), m5)), 144)
}

import { INTEGERS, kernelOf, OUTPUTS, PIXEL, planeOf, POINTS, SLAB_CHANNELS, TOGETHER } from './shapes'

/** The 36 matrix products, for four tiles at a time. A remainder of three is padded to four; one or two tiles are not. */
// @ts-ignore
@inline
export function multiply(workspace: usize, kernel: usize, products: usize, block: i32, tiles: i32, inputs: i32, outputs: i32): void {
  const inSlab = <usize>block * INTEGERS, outSlab = <usize>block * PIXEL
  const inPlane = planeOf(inputs, block, INTEGERS), outPlane = planeOf(outputs, block, PIXEL)
  const kernelSize = kernelOf(inputs, outputs), integers = <usize>(2 * inputs * outputs)
  const fours = (tiles + 1) & ~3
  let factors = workspace, input = workspace + POINTS * <usize>block * 4
  for (let point: usize = 0; point < POINTS; point++) {
    let t: usize = 0
    for (; t < <usize>fours; t += TOGETHER)
      multiplyFour(input + t * INTEGERS, factors + t * 4, inSlab, inputs, kernel, kernel + integers, outputs, products + t * PIXEL, outSlab)
    if (fours < tiles)
      multiplyTwo(input + t * INTEGERS, factors + t * 4, inSlab, inputs, kernel, kernel + integers, outputs, products + t * PIXEL, outSlab)
    factors += <usize>block * 4
    input += inPlane
    kernel += kernelSize
    products += outPlane
  }
}

/**
 * Four tiles by eight channels at a time fill 16 registers: eight sums, two vectors of the kernel, and the pairs of input channels. Not unrolled, because V8
 * in Node 20 reorders instructions within a block and would spill registers.
 */
// @ts-ignore
@inline
function multiplyFour(input: usize, factors: usize, inSlab: usize, inputs: i32, kernel: usize, scales: usize, outputs: i32, output: usize, outSlab: usize): void {
  for (let channel = 0; channel < outputs; channel += OUTPUTS) {
    let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0)
    let b0 = i32x4.splat(0), b1 = i32x4.splat(0), b2 = i32x4.splat(0), b3 = i32x4.splat(0)
    let slab = input
    for (let rest = inputs; rest > 0; rest -= SLAB_CHANNELS) {
      let p = slab
      const end = p + (<usize>min(rest, SLAB_CHANNELS) << 1)
      do {
        const left = v128.load(kernel), right = v128.load(kernel, 16)
        const v0 = v128.load32_splat(p), v1 = v128.load32_splat(p, 64), v2 = v128.load32_splat(p, 128), v3 = v128.load32_splat(p, 192)
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v0, left))
        b0 = i32x4.add(b0, i32x4.dot_i16x8_s(v0, right))
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v1, left))
        b1 = i32x4.add(b1, i32x4.dot_i16x8_s(v1, right))
        a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v2, left))
        b2 = i32x4.add(b2, i32x4.dot_i16x8_s(v2, right))
        a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v3, left))
        b3 = i32x4.add(b3, i32x4.dot_i16x8_s(v3, right))
        p += 4
        kernel += 32
      } while (p < end)
      slab += inSlab
    }
    const to = output + <usize>(channel >> 5) * outSlab + (<usize>(channel & 31) << 2)
    const left = v128.load(scales), right = v128.load(scales, 16)
    const f0 = v128.load32_splat(factors), f1 = v128.load32_splat(factors, 4), f2 = v128.load32_splat(factors, 8), f3 = v128.load32_splat(factors, 12)
    v128.store(to, scaled(a0, f0, left))
    v128.store(to, scaled(b0, f0, right), 16)
    v128.store(to, scaled(a1, f1, left), 128)
    v128.store(to, scaled(b1, f1, right), 144)
    v128.store(to, scaled(a2, f2, left), 256)
    v128.store(to, scaled(b2, f2, right), 272)
    v128.store(to, scaled(a3, f3, left), 384)
    v128.store(to, scaled(b3, f3, right), 400)
    scales += 32
  }
}

/** The same for one or two tiles. The sums are the same, because each belongs to a single tile. */
// @ts-ignore
@inline
function multiplyTwo(input: usize, factors: usize, inSlab: usize, inputs: i32, kernel: usize, scales: usize, outputs: i32, output: usize, outSlab: usize): void {
  for (let channel = 0; channel < outputs; channel += OUTPUTS) {
    let a0 = i32x4.splat(0), a1 = i32x4.splat(0), b0 = i32x4.splat(0), b1 = i32x4.splat(0)
    let slab = input
    for (let rest = inputs; rest > 0; rest -= SLAB_CHANNELS) {
      let p = slab
      const end = p + (<usize>min(rest, SLAB_CHANNELS) << 1)
      do {
        const left = v128.load(kernel), right = v128.load(kernel, 16)
        const v0 = v128.load32_splat(p), v1 = v128.load32_splat(p, 64)
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v0, left))
        b0 = i32x4.add(b0, i32x4.dot_i16x8_s(v0, right))
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v1, left))
        b1 = i32x4.add(b1, i32x4.dot_i16x8_s(v1, right))
        p += 4
        kernel += 32
      } while (p < end)
      slab += inSlab
    }
    const to = output + <usize>(channel >> 5) * outSlab + (<usize>(channel & 31) << 2)
    const left = v128.load(scales), right = v128.load(scales, 16)
    const f0 = v128.load32_splat(factors), f1 = v128.load32_splat(factors, 4)
    v128.store(to, scaled(a0, f0, left))
    v128.store(to, scaled(b0, f0, right), 16)
    v128.store(to, scaled(a1, f1, left), 128)
    v128.store(to, scaled(b1, f1, right), 144)
    scales += 32
  }
}

/** Four sums as numbers again. @param factor of the tile; @param scales of the output channels */
// @ts-ignore
@inline
function scaled(sums: v128, factor: v128, scales: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(sums), f32x4.mul(factor, scales))
}

import { OUTPUTS, PIXEL, SLAB_CHANNELS } from './shapes'

/** The 36 matrix products, for four tiles at a time. A remainder of three is padded to four; one or two tiles are not. */
// @ts-ignore
@inline
export function multiply(workspace: usize, kernel: usize, products: usize, plane: usize, blockSlab: usize, tiles: i32, inputs: i32, outputs: i32): void {
  const fours = (tiles + 1) & ~3
  for (let k: usize = 0; k < 36; k++) {
    const input = workspace + k * plane, output = products + k * plane
    const kernels = kernel + k * <usize>(inputs * outputs * 4)
    for (let t = 0; t < fours; t += 4) multiplyFour(input + <usize>t * PIXEL, kernels, output + <usize>t * PIXEL, blockSlab, inputs, outputs)
    if (fours < tiles) multiplyTwo(input + <usize>fours * PIXEL, kernels, output + <usize>fours * PIXEL, blockSlab, inputs, outputs)
  }
}

/**
 * Four tiles by eight channels at a time fill 16 registers: eight sums, two vectors of the kernel, and the factors. Not unrolled, because V8
 * in Node 20 reorders instructions within a block and would spill registers.
 */
// @ts-ignore
@inline
function multiplyFour(input: usize, weights: usize, output: usize, blockSlab: usize, inputs: i32, outputs: i32): void {
  for (let channel = 0; channel < outputs; channel += OUTPUTS) {
    let a0 = f32x4.splat(0), a1 = f32x4.splat(0), a2 = f32x4.splat(0), a3 = f32x4.splat(0)
    let b0 = f32x4.splat(0), b1 = f32x4.splat(0), b2 = f32x4.splat(0), b3 = f32x4.splat(0)
    let slab = input
    for (let rest = inputs; rest > 0; rest -= SLAB_CHANNELS) {
      let p = slab
      const end = p + (<usize>min(rest, SLAB_CHANNELS) << 2)
      do {
        const left = v128.load(weights), right = v128.load(weights, 16)
        const v0 = v128.load32_splat(p), v1 = v128.load32_splat(p, 128), v2 = v128.load32_splat(p, 256), v3 = v128.load32_splat(p, 384)
        a0 = f32x4.add(a0, f32x4.mul(v0, left))
        b0 = f32x4.add(b0, f32x4.mul(v0, right))
        a1 = f32x4.add(a1, f32x4.mul(v1, left))
        b1 = f32x4.add(b1, f32x4.mul(v1, right))
        a2 = f32x4.add(a2, f32x4.mul(v2, left))
        b2 = f32x4.add(b2, f32x4.mul(v2, right))
        a3 = f32x4.add(a3, f32x4.mul(v3, left))
        b3 = f32x4.add(b3, f32x4.mul(v3, right))
        p += 4
        weights += 32
      } while (p < end)
      slab += blockSlab
    }
    const to = output + <usize>(channel >> 5) * blockSlab + (<usize>(channel & 31) << 2)
    v128.store(to, a0)
    v128.store(to, b0, 16)
    v128.store(to, a1, 128)
    v128.store(to, b1, 144)
    v128.store(to, a2, 256)
    v128.store(to, b2, 272)
    v128.store(to, a3, 384)
    v128.store(to, b3, 400)
  }
}

/** The same for one or two tiles. The sums are the same, because each belongs to a single tile. */
// @ts-ignore
@inline
function multiplyTwo(input: usize, weights: usize, output: usize, blockSlab: usize, inputs: i32, outputs: i32): void {
  for (let channel = 0; channel < outputs; channel += OUTPUTS) {
    let a0 = f32x4.splat(0), a1 = f32x4.splat(0), b0 = f32x4.splat(0), b1 = f32x4.splat(0)
    let slab = input
    for (let rest = inputs; rest > 0; rest -= SLAB_CHANNELS) {
      let p = slab
      const end = p + (<usize>min(rest, SLAB_CHANNELS) << 2)
      do {
        const left = v128.load(weights), right = v128.load(weights, 16)
        const v0 = v128.load32_splat(p), v1 = v128.load32_splat(p, 128)
        a0 = f32x4.add(a0, f32x4.mul(v0, left))
        b0 = f32x4.add(b0, f32x4.mul(v0, right))
        a1 = f32x4.add(a1, f32x4.mul(v1, left))
        b1 = f32x4.add(b1, f32x4.mul(v1, right))
        p += 4
        weights += 32
      } while (p < end)
      slab += blockSlab
    }
    const to = output + <usize>(channel >> 5) * blockSlab + (<usize>(channel & 31) << 2)
    v128.store(to, a0)
    v128.store(to, b0, 16)
    v128.store(to, a1, 128)
    v128.store(to, b1, 144)
  }
}

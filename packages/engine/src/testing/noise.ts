/** Numbers from 0 to 4294967295 that are the same on every machine (xorshift32). */
export function createNoise(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>>= 0)
  }
}

/** An image with noise in the upper half, and ramps and hard edges in the lower half. */
export function createImage(width: number, height: number): { width: number; height: number; data: Uint8Array } {
  const noise = createNoise(width * 1000 + height)
  const data = new Uint8Array(3 * width * height)
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let colour = 0; colour < 3; colour++) {
        const level = noise() >>> 24
        if (2 * y < height) data[at++] = level
        else data[at++] = ((x >> 4) + colour) % 3 === 0 ? 255 * ((x ^ y) & 1) : (3 * x + (5 + colour) * y) & 255
      }
  return { width, height, data }
}

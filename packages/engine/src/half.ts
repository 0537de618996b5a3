const float = new Float32Array(1)
const bitsOfFloat = new Uint32Array(float.buffer)

/** The bits of the float16 nearest to `value`, ties to even. Values that are too large become infinite. */
export function toHalf(value: number): number {
  float[0] = value
  const bits = bitsOfFloat[0]!
  const sign = (bits >>> 16) & 0x8000
  const magnitude = Math.abs(float[0])
  if (Number.isNaN(magnitude)) return sign | 0x7e00
  if (magnitude >= 65520) return sign | 0x7c00
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24)
  // Rounding may carry into the exponent, as it should.
  return sign | (roundToEven((bits & 0x7fffffff) / 2 ** 13) - (112 << 10))
}

function roundToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

/** ONNX Runtime's float16 data: the bits, or the numbers themselves where JavaScript has `Float16Array`. */
export type HalfData = Uint16Array | (ArrayBufferView & { length: number })

const scratch = new Float32Array(1)
const bitsOfScratch = new Uint32Array(scratch.buffer)

/** The bits of the float16 nearest to each value, ties to even. Only for values of 0 to 1, the range of model inputs. */
export function toHalves(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length)
  for (let index = 0; index < values.length; index++) {
    scratch[0] = values[index]!
    const bits = bitsOfScratch[0]!
    // Below 2^-14 a half has steps of 2^-24. Above, its exponent is 112 less, and 13 bits of the fraction are rounded away.
    const normal = (bits - 0x38_00_00_00 + 0x0f_ff + ((bits >>> 13) & 1)) >>> 13
    halves[index] = scratch[0] < 2 ** -14 ? Math.round(scratch[0] * 2 ** 24) : normal
  }
  return halves
}

/** The value of every float16, by its bits. */
let table: Float32Array | undefined

/** The values of float16 numbers; exact. */
export function fromHalves(data: HalfData): Float32Array {
  table ??= Float32Array.from({ length: 0x1_00_00 }, (_, bits) => valueOf(bits))
  const halves = new Uint16Array(data.buffer, data.byteOffset, data.length)
  const values = new Float32Array(halves.length)
  for (let index = 0; index < halves.length; index++) values[index] = table[halves[index]!]!
  return values
}

function valueOf(bits: number): number {
  const sign = bits & 0x80_00 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = (bits & 0x3_ff) / 1024
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15)
}

/** RGB, 8 bit, row by row. */
export interface RgbImage {
  width: number
  height: number
  data: Uint8Array
}

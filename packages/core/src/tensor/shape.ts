/** Order of an image's values in a tensor: N batch, C channels, H height, W width. */
export type Layout = 'NHWC' | 'NCHW'
export type ValueType = 'uint8' | 'float32' | 'float16'
/** 3: red, green, blue; 1: luma alone. */
export type Channels = 1 | 3

/** One way to read a declared shape. */
export interface Reading {
  layout: Layout
  channels: Channels
}

/** The declared size per layout, in pixels; `undefined`: any. */
export type DeclaredSize = Record<Layout, { height: number | undefined; width: number | undefined }>

/** Of a tensor that holds images. */
export interface DeclaredShape {
  /** `undefined`: any number of images. */
  batch: number | undefined
  /** What the dimensions permit, the likelier first; a probe run decides. Empty: they hold no images. */
  readings: Reading[]
  size: DeclaredSize
}

/** @param dims four dimensions, `undefined` where any length is allowed */
export function readShape([batch, second, third, fourth]: readonly (number | undefined)[]): DeclaredShape {
  const readings: Reading[] = []
  for (const channels of [3, 1] as const) {
    if (permits(second, fourth, channels)) readings.push({ layout: 'NCHW', channels })
    if (permits(fourth, second, channels)) readings.push({ layout: 'NHWC', channels })
  }
  const size = { NCHW: { height: third, width: fourth }, NHWC: { height: second, width: third } }
  return { batch, readings, size }
}

/** A fixed size of 1 to 4 is a number of channels, because no image is that small. Without one, both layouts are possible. */
function permits(declared: number | undefined, other: number | undefined, channels: Channels): boolean {
  if (declared !== undefined) return declared === channels
  return other === undefined || other > 4
}

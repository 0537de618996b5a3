import { HdError } from '../errors.ts'
import type { Factor } from '../request/factor.ts'

/** The requested size: a factor of the source, optionally reduced from there to a width in pixels. */
export interface TargetSize {
  readonly factor: Factor
  /** At most `factor` times that of the source. The height keeps the ratio. */
  readonly width?: number | undefined
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** The size in pixels. */
export function sizeOf({ factor, width }: TargetSize, source: Size): Size {
  if (width === undefined) return { width: factor * source.width, height: factor * source.height }
  return { width, height: Math.max(1, Math.round((source.height * width) / source.width)) }
}

/** @throws HdError `HD_QUERY` when the width is more than the factor gives */
export function refuseWidth({ factor, width = 0 }: TargetSize, source: Size): void {
  const most = factor * source.width
  if (width <= most) return
  throw new HdError('HD_QUERY', `'w' is ${width}, but the image is ${source.width} pixels wide, and ${most} at ${factor}x`, {
    remedy: `Write at most 'w=${most}'${factor < 4 ? ', or a larger factor' : ''}`,
  })
}

import { hash } from 'node:crypto'
import type { OutputFormat } from '../request/format.ts'
import { passesFor } from '../upscaler/passes.ts'
import type { TargetSize } from './size.ts'
import { formatsOf, type Upscaler } from '../upscaler/upscaler.ts'

/**
 * Increment when the same inputs give different bytes: after changes to decoding, fitting, rejoining or encoder settings. Old
 * entries are then ignored and evicted over time.
 */
export const PIPELINE_VERSION = 2

/**
 * The key of a master: content of the source, upscaler, passes, and the limits it was fitted to. It holds no path, no time and
 * nothing about the machine. 64 hexadecimal digits, like all keys.
 */
export function masterKey(digest: string, upscaler: Upscaler, passes: readonly number[]): string {
  const { name, version, accepts = {} } = upscaler
  const { maxBytes = null, maxPixels = null } = accepts
  return keyOf('master', digest, name, version, [...passes], formatsOf(accepts), maxBytes, maxPixels)
}

/**
 * The key of a variant: its master, its size, and how it is encoded.
 * @param quality `undefined` for a format that has none
 */
export function variantKey(
  master: string,
  { factor, width }: TargetSize,
  format: OutputFormat,
  quality: number | undefined,
): string {
  return keyOf('variant', master, factor, format, quality ?? null, ...ifGiven(width))
}

/** The key of a source encoded in another format or quality. @param width `undefined`: its own size */
export function originalKey(digest: string, format: OutputFormat, quality: number | undefined, width?: number): string {
  return keyOf('original', digest, format, quality ?? null, ...ifGiven(width))
}

/** The key of the tiny preview of a source. */
export function placeholderKey(digest: string): string {
  return keyOf('placeholder', digest)
}

/** A key for the result of a whole chain: it changes when the key of any possible result changes. */
export function plannedKey(
  digest: string,
  upscalers: readonly Upscaler[],
  size: TargetSize,
  format: OutputFormat,
  quality: number | undefined,
): string {
  const keys = upscalers.map((upscaler) =>
    variantKey(masterKey(digest, upscaler, passesFor(upscaler, size.factor)), size, format, quality),
  )
  return keyOf('planned', digest, keys)
}

/** Keys of what existed before stay as they were. */
function ifGiven(width: number | undefined): number[] {
  return width === undefined ? [] : [width]
}

function keyOf(...parts: (string | number | null | (string | number)[])[]): string {
  return hash('sha256', JSON.stringify([PIPELINE_VERSION, ...parts]))
}

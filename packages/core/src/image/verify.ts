import type { Metadata } from 'sharp'
import { errorMessage, HdError } from '../errors.ts'
import { decodeFile } from './pixels.ts'
import { fromFile, fromRaw } from '../sharp.ts'
import { sniffFormat } from '../source/signature.ts'
import type { Pixels } from '../upscaler/upscaler.ts'

/** Images are compared as thumbnails of at most this many cells per side, each at least 4 source pixels wide. */
const GRID = 32

/**
 * The largest mean difference of all cells, in levels of 255. Networks stay below 3 on photos and drawings; on dithered patterns
 * the built-in network darkens by up to 13.
 */
const MAX_MEAN = 28

/** A source whose cells differ by this much (levels of 255) cannot have become a plain area. */
const MIN_CONTRAST = 8

/** The largest difference of a single cell, in levels of 255. */
const MAX_CELL = 96

/**
 * Decodes the result of an upscaler and verifies it: exactly `factor` times the size of `input`, and similar to it when reduced.
 * @throws HdError `HD_UPSCALE_FAILED` if it is not an image, `HD_UPSCALE_SIZE`, `HD_UPSCALE_DIFFERS`
 */
export async function verify(result: unknown, input: Pixels, upscaler: string, factor: number): Promise<Pixels> {
  const expected = { width: factor * input.width, height: factor * input.height }
  const pixels = result instanceof Uint8Array ? await decodeResult(result, expected, upscaler) : checkPixels(result, upscaler)
  checkSize(pixels, expected, upscaler)
  if (pixels.data.length !== 3 * pixels.width * pixels.height) {
    throw new HdError(
      'HD_UPSCALE_SIZE',
      `the upscaler '${upscaler}' returned ${pixels.data.length} bytes for ${pixels.width}x${pixels.height} pixels of RGB, ` +
        `expected ${3 * pixels.width * pixels.height}`,
    )
  }
  await compare(pixels, input, upscaler)
  return pixels
}

interface Size {
  width: number
  height: number
}

function checkPixels(result: unknown, upscaler: string): Pixels {
  const pixels = result as Partial<Pixels> | null | undefined
  if (typeof pixels === 'object' && pixels !== null && pixels.data instanceof Uint8Array) return pixels as Pixels
  throw new HdError('HD_UPSCALE_FAILED', `the upscaler '${upscaler}' returned neither pixels nor the bytes of an image`, {
    remedy: 'Return `{ width, height, data }` or a Uint8Array',
  })
}

function checkSize(actual: Size, expected: Size, upscaler: string): void {
  if (actual.width === expected.width && actual.height === expected.height) return
  throw new HdError(
    'HD_UPSCALE_SIZE',
    `the upscaler '${upscaler}' returned ${actual.width}x${actual.height}, expected exactly ${expected.width}x${expected.height}`,
  )
}

/** Checks the size in the header before decoding, so that a decompression bomb is never decoded. */
async function decodeResult(bytes: Uint8Array, expected: Size, upscaler: string): Promise<Pixels> {
  const failed = (cause: unknown): never => {
    throw new HdError(
      'HD_UPSCALE_FAILED',
      `the upscaler '${upscaler}' returned bytes that are no image: ${errorMessage(cause)}`,
      {
        cause,
      },
    )
  }
  const facts = await readFacts(bytes).catch(failed)
  checkSize(facts.autoOrient, expected, upscaler)
  const { width, height, rgb } = await decodeFile(bytes, false).catch(failed)
  return { width, height, data: rgb }
}

/** The same formats as for sources. No SVG: rendering one may load other files. */
async function readFacts(bytes: Uint8Array): Promise<Metadata> {
  sniffFormat(bytes, 'result')
  return (await fromFile(bytes)).metadata()
}

async function compare(result: Pixels, input: Pixels, upscaler: string): Promise<void> {
  const columns = Math.max(1, Math.min(GRID, Math.floor(input.width / 4)))
  const rows = Math.max(1, Math.min(GRID, Math.floor(input.height / 4)))
  const [actual, expected] = await Promise.all([thumbnail(result, columns, rows), thumbnail(input, columns, rows)])
  let sum = 0
  let worst = 0
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs(actual[index]! - expected[index]!)
    sum += difference
    worst = Math.max(worst, difference)
  }
  const mean = sum / expected.length
  if (spread(expected) >= MIN_CONTRAST && spread(actual) === 0) {
    throw new HdError('HD_UPSCALE_DIFFERS', `what the upscaler '${upscaler}' returned is a plain area, but the source is not`)
  }
  if (mean <= MAX_MEAN && worst <= MAX_CELL) return
  throw new HdError(
    'HD_UPSCALE_DIFFERS',
    `what the upscaler '${upscaler}' returned does not look like the source: shrunk again it differs by ${mean.toFixed(0)} levels ` +
      `on average (at most ${MAX_MEAN}) and by ${worst} at worst (at most ${MAX_CELL})`,
  )
}

function spread(levels: Uint8Array): number {
  let low = 255
  let high = 0
  for (const level of levels) {
    low = Math.min(low, level)
    high = Math.max(high, level)
  }
  return high - low
}

async function thumbnail(pixels: Pixels, width: number, height: number): Promise<Uint8Array> {
  const input = await fromRaw(pixels.data, pixels.width, pixels.height, 3)
  return input.resize(width, height, { fit: 'fill', kernel: 'linear' }).raw().toBuffer()
}

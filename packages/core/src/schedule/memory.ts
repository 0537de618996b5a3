import { totalmem } from 'node:os'
import { Pool } from './pool.ts'

/** Share of the memory that images in work may take together. */
const SHARE = 0.4

/** Share of all memory that counts as available even when less is free: macOS counts its file cache as used. */
const AT_LEAST = 0.25

let pool: Pool | undefined

/**
 * The pool that all builds of this process share, so that several instances (client and server, two bundlers) do not exceed
 * the memory together. The bound follows the container's limit where there is one (`process.availableMemory`, libuv).
 */
export function processPool(): Pool {
  pool ??= new Pool(SHARE * Math.max(process.availableMemory(), AT_LEAST * wholeMemory()))
  return pool
}

/** Bytes of the machine, or of the container when that has a limit. */
function wholeMemory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

let previews: Pool | undefined

/** Previews are light, and somebody waits for them: they never stand in line with real work. */
export function previewPool(): Pool {
  previews ??= new Pool(0.25 * SHARE * Math.max(process.availableMemory(), AT_LEAST * wholeMemory()))
  return previews
}

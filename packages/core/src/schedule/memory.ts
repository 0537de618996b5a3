import { totalmem } from 'node:os'
import { Pool } from './pool.ts'

/** Share of the memory that all images in progress may use together. */
const SHARE = 0.4

/** Share of all memory that counts as available even when less is free: macOS counts its file cache as used. */
const AT_LEAST = 0.25

let pool: Pool | undefined

/**
 * The pool shared by all builds of this process, so that several instances (client and server, two bundlers) stay within the
 * memory together. The bound respects container limits (`process.availableMemory`, libuv).
 */
export function processPool(): Pool {
  pool ??= new Pool(SHARE * Math.max(process.availableMemory(), AT_LEAST * wholeMemory()))
  return pool
}

/** Memory of the machine or the container, in bytes. */
function wholeMemory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

let previews: Pool | undefined

/** Previews are small and a browser waits for them, so they do not queue behind real work. */
export function previewPool(): Pool {
  previews ??= new Pool(0.25 * SHARE * Math.max(process.availableMemory(), AT_LEAST * wholeMemory()))
  return previews
}

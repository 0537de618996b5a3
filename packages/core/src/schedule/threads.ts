import { availableParallelism } from 'node:os'

/** libuv's threads: sharp's work and the reading of files share them. @see https://docs.libuv.org/en/v1.x/threadpool.html */
const THREADS = Number(process.env['UV_THREADPOOL_SIZE']) || 4

/** How many previews are made at once: one thread stays for files, one for images in work. */
export const MAX_PREVIEWS: number = Math.max(1, Math.min(availableParallelism(), THREADS - 2))

/**
 * How many images can be in work while a server answers and makes previews, so that neither cores nor threads are all taken.
 * @param wanted by the options
 */
export function backgroundConcurrency(wanted: number): number {
  return Math.max(1, Math.min(wanted, availableParallelism() - 1, THREADS - MAX_PREVIEWS - 1))
}

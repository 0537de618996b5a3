import { availableCores } from './cores.ts'

/** libuv's threads: sharp's work and the reading of files share them. @see https://docs.libuv.org/en/v1.x/threadpool.html */
const THREADS = Number(process.env['UV_THREADPOOL_SIZE']) || 4

/** Concurrent previews: one thread is left for file access, one for real work. */
export const MAX_PREVIEWS: number = Math.max(1, Math.min(availableCores(), THREADS - 2))

/**
 * How many images a dev server processes in the background, so that cores and threads are left for requests and previews.
 * @param wanted the option `concurrency`
 */
export function backgroundConcurrency(wanted: number): number {
  return Math.max(1, Math.min(wanted, availableCores() - 1, THREADS - MAX_PREVIEWS - 1))
}

import { Pool } from './pool.ts'

/** Share of the memory that pictures in work may take together. */
const SHARE = 0.4

const pools = new Map<number, Pool>()

/**
 * The pool that all builds of this process share, so that several instances (client and server, two bundlers) do not exceed
 * the memory together. The bound follows the container's limit where there is one (`process.availableMemory`, libuv).
 * @param concurrency pictures at once
 */
export function processPool(concurrency: number): Pool {
  let pool = pools.get(concurrency)
  if (!pool) {
    pool = new Pool(concurrency, SHARE * process.availableMemory())
    pools.set(concurrency, pool)
  }
  return pool
}

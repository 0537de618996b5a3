/** Cycles of one round: a multiplication of integers (3) that waits for an exclusive or (1), on Zen and on Intel's cores since Skylake. */
const CYCLES = 4
const COUNT = 100_000

/** Gigahertz that the core runs at, from a chain of operations of known latency: the fastest of many runs. */
export function measureClock() {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < 300; run++) {
    const begun = performance.now()
    chain(COUNT)
    best = Math.min(best, performance.now() - begun)
  }
  return (CYCLES * COUNT) / best / 1e6
}

function chain(count) {
  let value = 1
  for (let index = 0; index < count; index++) value = Math.imul(value, value ^ index)
  return value
}

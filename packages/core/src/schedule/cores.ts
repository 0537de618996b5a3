import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Quota and period in microseconds, of cgroup 2 and 1: `200000 100000`, or `max` and `-1` for no quota. */
const QUOTA_FILES: readonly (readonly string[])[] = [
  ['/sys/fs/cgroup/cpu.max'],
  ['/sys/fs/cgroup/cpu/cpu.cfs_quota_us', '/sys/fs/cgroup/cpu/cpu.cfs_period_us'],
]

let known: number | undefined

/**
 * Cores that this process may keep busy: those that the system gives it, within the CPU quota of its container
 * (`docker run --cpus 2`), which `availableParallelism` of Node 20 does not know. At least 1.
 */
export function availableCores(): number {
  return (known ??= coresWithin(availableParallelism(), (file) => readFileSync(file, 'utf8')))
}

/** @param read throws for a file that is not there */
export function coresWithin(cores: number, read: (file: string) => string): number {
  for (const files of QUOTA_FILES) {
    try {
      const [quota, period] = files.flatMap((file) => read(file).trim().split(/\s+/)).map(Number)
      if (quota! > 0 && period! > 0) return Math.max(1, Math.min(cores, Math.ceil(quota! / period!)))
    } catch {
      // Not on Linux, or the other version.
    }
  }
  return cores
}

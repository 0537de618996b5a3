import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { readFile } from 'node:fs/promises'

/**
 * Files up to this size are read synchronously: a round trip to the thread pool costs several times the read itself, and a cached
 * build does little else (`bench/cached.mjs`).
 */
const SMALL_BYTES = 1024 * 1024

/** Opens a pipe or a device without waiting for its other end. Windows has neither the flag nor such files. */
const READ_AT_ONCE = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0)

/**
 * Reads a regular file and its stats.
 * @param refuse called before reading; throws to refuse the file
 * @throws the system's error when the file cannot be opened or read
 */
export async function readWhole(
  file: string,
  refuse: (facts: Stats) => void = () => undefined,
): Promise<{ bytes: Buffer; facts: Stats }> {
  const descriptor = openSync(file, READ_AT_ONCE)
  try {
    const facts = fstatSync(descriptor)
    refuse(facts)
    if (facts.size <= SMALL_BYTES) return { bytes: readAll(descriptor, facts.size), facts }
    return { bytes: await readFile(file), facts }
  } finally {
    closeSync(descriptor)
  }
}

/** Unlike `readFileSync`: no second `fstat`, and no extra read to detect the end. */
function readAll(descriptor: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size)
  let filled = 0
  while (filled < size) {
    const read = readSync(descriptor, bytes, filled, size - filled, null)
    if (read === 0) break
    filled += read
  }
  return filled === size ? bytes : bytes.subarray(0, filled)
}

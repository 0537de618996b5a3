import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { readFile } from 'node:fs/promises'

/**
 * Files up to this size are read without yielding: for a small file each trip to the thread pool and back costs several times
 * the reading itself, and a cached build does little else (`bench/cached.mjs`).
 */
const SMALL_BYTES = 1024 * 1024

/** A pipe or a device is opened without waiting for its other end; on Windows there is no such flag, and no such file. */
const READ_AT_ONCE = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0)

/**
 * All bytes of a regular file, with its facts.
 * @param refuse called before anything is read; throws when the file is not wanted
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

/** `readFileSync` would ask for the size once more, and read once more to be sure of the end. */
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

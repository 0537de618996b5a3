import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
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
    if (facts.size <= SMALL_BYTES) return { bytes: readFileSync(descriptor), facts }
    return { bytes: await readFile(file), facts }
  } finally {
    closeSync(descriptor)
  }
}

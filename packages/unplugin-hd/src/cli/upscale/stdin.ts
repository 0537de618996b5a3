import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { MAX_SOURCE_BYTES } from '@unplugin-hd/core'
import type { CliContext } from '../context.ts'
import type { InputImage } from '../images.ts'

/**
 * Saves standard input as an image in a temporary file, which the caller removes.
 * @param most limit in bytes. Reading stops soon after it, and the file is then refused as too large
 */
export async function readInput(
  { stdin }: Pick<CliContext, 'stdin'>,
  most: number = MAX_SOURCE_BYTES,
): Promise<InputImage & { remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hd-'))
  const file = path.join(folder, 'stdin')
  const handle = await open(file, 'w')
  try {
    let bytes = 0
    for await (const chunk of stdin) {
      await handle.writeFile(chunk)
      bytes += chunk.length
      if (bytes > most) break
    }
  } finally {
    await handle.close()
  }
  return { file, name: '-', below: '', remove: () => rm(folder, { recursive: true, force: true }) }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { CliContext } from '../context.ts'
import type { InputImage } from '../images.ts'

/** Standard input as an image, in a file until it is removed. */
export async function readInput({ stdin }: Pick<CliContext, 'stdin'>): Promise<InputImage & { remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hd-'))
  const chunks: Uint8Array[] = []
  for await (const chunk of stdin) chunks.push(chunk)
  const file = path.join(folder, 'stdin')
  await writeFile(file, chunks)
  return { file, name: '-', below: '', remove: () => rm(folder, { recursive: true, force: true }) }
}

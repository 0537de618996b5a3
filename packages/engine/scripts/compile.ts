import { readFile } from 'node:fs/promises'
import { main } from 'assemblyscript/asc'

const PACKAGE = new URL('../', import.meta.url)
const ENTRY = 'assembly/kernels.ts'
// No relaxed SIMD, whose results depend on the processor. No runtime, because the host lays out the memory.
const FLAGS = [
  '-O3',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  '--initialMemory',
  '1',
  '--importMemory',
  '--noExportMemory',
  '--noAssert',
]

/** Compiles `assembly/` to the bytes of a module, reproducibly. */
export async function compile(): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined
  const { error, stderr } = await main([ENTRY, '--outFile', 'kernels.wasm', ...FLAGS], {
    readFile: (name) => readFile(new URL(name, PACKAGE), 'utf8').catch(() => null),
    writeFile: (_, contents) => {
      if (contents instanceof Uint8Array) bytes = contents
    },
    listFiles: () => [],
  })
  if (error || bytes === undefined) throw new Error(`failed to compile the inner loops:\n${stderr.toString()}`)
  return bytes
}

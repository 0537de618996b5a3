import { readFile } from 'node:fs/promises'
import { main } from 'assemblyscript/asc'

const PACKAGE = new URL('../', import.meta.url)
const ENTRY = 'assembly/kernels.ts'
// SIMD of fixed width alone: what is relaxed gives other bits on other processors. No runtime: the host lays the memory out.
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

/** The bytes of the module that `assembly/` is compiled to: the same from the same sources and the same compiler. */
export async function compile(): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined
  const { error, stderr } = await main([ENTRY, '--outFile', 'kernels.wasm', ...FLAGS], {
    readFile: (name) => readFile(new URL(name, PACKAGE), 'utf8').catch(() => null),
    writeFile: (_, contents) => {
      if (contents instanceof Uint8Array) bytes = contents
    },
    listFiles: () => [],
  })
  if (error || bytes === undefined) throw new Error(`the inner loops could not be compiled:\n${stderr.toString()}`)
  return bytes
}

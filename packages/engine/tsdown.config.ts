import { mkdir, writeFile } from 'node:fs/promises'
import { type UserConfig } from 'tsdown'
import { compile } from './scripts/compile.ts'

/** Compiles `assembly/` and embeds it, so that Node, browsers and bundlers find it alike. */
async function embedKernels(): Promise<void> {
  const base64 = Buffer.from(await compile()).toString('base64')
  const lines = ['/** The module that `assembly/` is compiled to, in base64. */', `export const KERNELS = '${base64}'`]
  await mkdir(new URL('generated/', import.meta.url), { recursive: true })
  await writeFile(new URL('generated/kernels.ts', import.meta.url), `${lines.join('\n')}\n`)
}

const config = async (): Promise<UserConfig> => {
  await embedKernels()
  return {
    entry: ['src/index.ts', 'src/node-worker.ts', 'src/browser.ts', 'src/browser-worker.ts'],
    dts: true,
    tsconfig: '../../tsconfig.json',
    logLevel: 'warn',
  }
}
export default config

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

const config = async (): Promise<UserConfig[]> => {
  await embedKernels()
  const common: UserConfig = { tsconfig: '../../tsconfig.json', logLevel: 'warn', outputOptions: { comments: { jsdoc: false } } }
  return [
    { ...common, entry: ['src/index.ts', 'src/browser.ts', 'src/browser-worker.ts'], dts: true },
    { ...common, entry: ['src/node-worker.ts'], format: 'cjs', dts: false, clean: false },
  ]
}
export default config

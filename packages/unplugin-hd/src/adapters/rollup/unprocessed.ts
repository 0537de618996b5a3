import path from 'node:path'
import type { BuildOutput } from '../unprocessed.ts'
import type { OutputFile } from '../../unprocessed/warnings.ts'

interface Output {
  type: 'asset' | 'chunk'
  code?: string
  source?: string | Uint8Array
  /** Of an asset, relative to the root. */
  originalFileNames?: readonly string[]
}

/** By file name. */
export type Bundle = Readonly<Record<string, Output>>

/** What is searched for `?hd` references in a bundle of Rollup. @param ids of its modules */
export function outputOfBundle(bundle: Bundle, ids: Iterable<string>): BuildOutput {
  const outputs = Object.entries(bundle).map(([name, output]): OutputFile => ({ name, text: () => textOf(output) }))
  const originals = new Map(
    Object.entries(bundle).map(([name, { originalFileNames }]) => [path.posix.basename(name), originalFileNames?.[0]]),
  )
  return { outputs, sources: ids, imageOf: (name) => path.posix.basename(originals.get(name) ?? name) }
}

/** What is in an output, as text. */
export function textOf({ type, code, source }: Output): string {
  const text = type === 'chunk' ? code : source
  return typeof text === 'string' ? text : Buffer.from(text ?? []).toString('utf8')
}

import { stat } from 'node:fs/promises'
import type { Access } from './access.ts'
import { candidates, parseAddress, type AddressConfig } from './address.ts'

/** What the dev server finds at an address. */
export type Located =
  | { kind: 'file'; /** Absolute path with `/`. */ file: string }
  /** It may not be shown, whether it exists or not. */
  | { kind: 'denied' }
  | { kind: 'missing' }

/** The file that the path of an address means. @param path decoded, without the base: `/src/a.jpg` */
export async function locate(path: string, config: AddressConfig, access: Access): Promise<Located> {
  let isDenied = false
  for (const file of candidates(path, config)) {
    if (!(await access.allows(file))) isDenied = true
    else if (await isFile(file)) return { kind: 'file', file }
  }
  return { kind: isDenied ? 'denied' : 'missing' }
}

/** The file of one of our addresses, if it may be served; `undefined` for every other address. */
export async function fileOfAddress(url: string, config: AddressConfig, access: Access): Promise<string | undefined> {
  const parsed = parseAddress(url, config.base)
  if (parsed.kind !== 'image') return undefined
  const located = await locate(parsed.path, config, access)
  return located.kind === 'file' ? located.file : undefined
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (facts) => facts.isFile(),
    () => false,
  )
}

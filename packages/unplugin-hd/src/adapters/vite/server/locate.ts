import { stat } from 'node:fs/promises'
import type { Access } from './access.ts'
import { candidates, type Addressing } from './address.ts'

/**
 * The file that the path of an address means; `undefined` when there is none, `refused` when it may not be shown, be it there
 * or not.
 */
export async function locate(path: string, config: Addressing, access: Access): Promise<string | undefined> {
  let refused = false
  for (const file of candidates(path, config)) {
    if (!(await access.allows(file))) refused = true
    else if (await isFile(file)) return file
  }
  return refused ? 'refused' : undefined
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (facts) => facts.isFile(),
    () => false,
  )
}

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { packageFolder } from '@unplugin-hd/core'

/** The version of the package, from the `package.json` above this file, which is in `dist` when published. */
export function version(): string {
  const manifest = path.join(packageFolder(import.meta.dirname)!, 'package.json')
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

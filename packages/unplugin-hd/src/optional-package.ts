import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { HdError, type HdCode } from '@unplugin-hd/core'

interface Needs {
  /** Of the error. */
  code: HdCode
  /** What needs the package, for the message. */
  user: string
  /** What to install. @default the package */
  install?: string
}

/**
 * A package of ours that users install when they need it.
 * @param root absolute path of the project
 * @returns loads it
 * @throws HdError when it is not installed
 */
export function optionalPackage<T>(name: string, root: string, { code, user, install = name }: Needs): () => Promise<T> {
  for (const origin of [path.join(root, 'package.json'), import.meta.url]) {
    try {
      const { href } = pathToFileURL(createRequire(origin).resolve(name))
      return () => import(/* @vite-ignore */ href) as Promise<T>
    } catch {
      // Try the next one.
    }
  }
  throw new HdError(code, `${user} needs the package ${name}, which is not installed`, {
    remedy: `Run \`npm install --save-dev ${install}\``,
  })
}

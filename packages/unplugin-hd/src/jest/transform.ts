import path from 'node:path'
import { relativePath } from '@unplugin-hd/core'

/** The part of what Jest tells a transform that is used here. */
interface TransformContext {
  supportsStaticESM: boolean
  config: { rootDir: string }
}

/**
 * Jest's transform for images, needed with ES modules: there a resolver does not see the query, but the module does. An image
 * without `?hd` becomes its path from the root.
 */
export function transformImage(_: string, file: string, { supportsStaticESM, config }: TransformContext): { code: string } {
  const plain = JSON.stringify(`/${relativePath(config.rootDir, file)}`)
  if (!supportsStaticESM) return { code: `module.exports = ${plain}\n` }
  const name = JSON.stringify(`./${path.basename(file)}`)
  return {
    code: `import { createRequire } from 'node:module'
const { search } = new URL(import.meta.url)
export default search ? createRequire(import.meta.url)(${name} + search).default : ${plain}
`,
  }
}

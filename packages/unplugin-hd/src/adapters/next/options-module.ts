import { createRequire } from 'node:module'
import path from 'node:path'
import { errorMessage, HdError } from '@unplugin-hd/core'
import type { HdOptions } from '../../options.ts'

/**
 * The options that a module exports as its default.
 * @param file absolute path
 * @throws HdError `HD_OPTION` if it cannot be loaded or has no such export
 */
export function readOptionsModule(file: string): HdOptions {
  const options = load(file)
  if (typeof options === 'object' && options !== null) return options
  throw new HdError('HD_OPTION', 'the module does not export options', {
    file: path.basename(file),
    remedy: "Write 'export default { … }' with the options of unplugin-hd",
  })
}

/** By `require()`, so that a configuration stays an object; webpack's cache also warns of an `import()` whose target it cannot see. */
function load(file: string): unknown {
  try {
    const module: unknown = createRequire(file)(file)
    return (module as { default?: unknown }).default ?? module
  } catch (cause) {
    throw new HdError('HD_OPTION', `the options cannot be loaded: ${errorMessage(cause)}`, {
      file: path.basename(file),
      remedy: "Give the path of a module without 'await' at its top level, as in withHd(nextConfig, './hd.config.mjs')",
      cause,
    })
  }
}

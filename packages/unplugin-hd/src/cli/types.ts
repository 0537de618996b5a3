import path from 'node:path'
import { errorMessage, HdError } from '@unplugin-hd/core'
import { typesPath, writeTypes } from '../types/types-file.ts'
import type { CliContext } from './context.ts'
import { readProject } from './project.ts'

/**
 * Writes the declarations of a project, as a build with the option `dts` does, and returns the text to print.
 * @throws HdError `HD_OPTION` for a configuration that cannot be read, `HD_OUTPUT` if the file cannot be written
 */
export async function types(
  { config, json }: { config: string | undefined; json: boolean },
  { cwd }: Pick<CliContext, 'cwd'>,
): Promise<string> {
  const { root, options } = await readProject({ cwd }, config)
  const file = options.dts ?? typesPath(true, root)
  const name = path.relative(cwd, file)
  try {
    const { declarations, changed } = await writeTypes(file, root)
    if (json) return `${JSON.stringify({ file: name, declarations, changed })}\n`
    return `${name}  ${declarations} ${declarations === 1 ? 'declaration' : 'declarations'}, ${changed ? 'written' : 'unchanged'}\n`
  } catch (cause) {
    throw new HdError('HD_OUTPUT', `the types cannot be written: ${errorMessage(cause)}`, { file: name, cause })
  }
}

import path from 'node:path'
import type { Rollup } from 'vite'
import { findSlipped, slippedMessage, TEXT_OUTPUT_RE } from '../../slipped.ts'
import { findSources } from '../../slipped-sources.ts'
import type { Project } from './project.ts'

/** Warns of every `?hd` that is left in the output, with the file and the line where it is written. */
export async function warnOfSlipped(
  { config, warn }: Project,
  context: Pick<Rollup.PluginContext, 'getModuleIds'>,
  bundle: Readonly<Rollup.OutputBundle>,
): Promise<void> {
  for (const [fileName, output] of Object.entries(bundle)) {
    if (!TEXT_OUTPUT_RE.test(fileName)) continue
    const text = output.type === 'chunk' ? output.code : output.source
    const code = typeof text === 'string' ? text : Buffer.from(text).toString('utf8')
    for (const reference of findSlipped(code, fileName)) {
      const places = await findSources(originalName(reference, bundle), context.getModuleIds(), config.root)
      warn(slippedMessage(reference, places.length > 0 ? `${places.join(' or ')} (now in ${fileName})` : fileName))
    }
  }
}

/** The name that a picture has in the project, where Vite wrote that of an emitted file. */
function originalName(reference: string, bundle: Readonly<Rollup.OutputBundle>): string {
  const address = reference.split('?', 1)[0]!
  for (const [fileName, output] of Object.entries(bundle)) {
    if (output.type !== 'asset' || path.posix.basename(fileName) !== path.posix.basename(address)) continue
    const [original] = output.originalFileNames ?? []
    if (original !== undefined) return path.posix.basename(original)
  }
  return path.posix.basename(address)
}

import path from 'node:path'
import { findUnprocessed, unprocessedMessage, TEXT_OUTPUT_RE } from './find.ts'
import { findSources } from './sources.ts'

/** A file of a build's output, relative to its folder. Its text is asked for only where it may hold a reference. */
export interface OutputFile {
  name: string
  text: () => string | Promise<string>
}

/** What is searched, and what is known of it. */
export interface SearchedOutput {
  outputs: readonly OutputFile[]
  /** Absolute paths or ids of the modules that were built; what is no file of the project is skipped. */
  sources: Iterable<string>
  /** Absolute path of the project. */
  root: string
  /** True for a reference that needs no warning: the plugin wrote it itself, or has reported it. @default never */
  isKnown?: ((reference: string) => boolean) | undefined
  /** True for an image that `include` or `exclude` leaves out. @default never */
  leftOut?: ((reference: string) => boolean) | undefined
  /** Places whose references were processed; of two references that read the same, the other one is reported. */
  processed?: ReadonlySet<string> | undefined
  /** Name of the image in the project, given its name in the output, which the bundler may have changed. @default the same */
  imageOf?: ((fileName: string) => string) | undefined
}

/** One warning for every `?hd` reference that is left in an output, with the file and the line where it is written. */
export async function unprocessedWarnings({
  outputs,
  sources,
  root,
  isKnown = () => false,
  leftOut = () => false,
  processed = new Set(),
  imageOf = (fileName) => fileName,
}: SearchedOutput): Promise<string[]> {
  // An iterator could be read only once, and every reference is looked for in all of them.
  const files = [...sources]
  const warnings: string[] = []
  for (const { name, text } of outputs.filter((output) => TEXT_OUTPUT_RE.test(output.name))) {
    for (const reference of findUnprocessed(await text(), name).filter((found) => !isKnown(found))) {
      const image = imageOf(path.posix.basename(reference.split('?', 1)[0]!))
      const places = await findSources(reference, name, image, files, root, processed)
      const where = places.length > 0 ? `${places.join(' or ')} (now in ${name})` : name
      warnings.push(unprocessedMessage(reference, where, leftOut(image)))
    }
  }
  return warnings
}

import path from 'node:path'
import { findUnprocessed, unprocessedMessage, TEXT_OUTPUT_RE } from './find.ts'
import { findSources } from './sources.ts'

/** A file of a build's output, relative to its folder. Its text is asked for only where it may hold a reference. */
export interface OutputFile {
  name: string
  text: () => string | Promise<string>
}

/**
 * One warning for every `?hd` reference that is left in an output, with the file and the line where it is written.
 * @param sources absolute paths of the files that were built; others are skipped
 * @param isKnown true for a reference that needs no warning: the plugin wrote it itself, or has told of it
 * @param leftOut true for an image that the options leave out
 * @param processed places whose references were processed: of two that read the same, the other one is left
 * @param imageOf name of the image in the project, where the bundler wrote that of an emitted file
 */
export async function unprocessedWarnings(
  outputs: readonly OutputFile[],
  sources: Iterable<string>,
  root: string,
  isKnown: (reference: string) => boolean = () => false,
  imageOf: (fileName: string) => string = (fileName) => fileName,
  leftOut: (reference: string) => boolean = () => false,
  processed: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  // Asked for each reference anew, which an iterator would not bear.
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

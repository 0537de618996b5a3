import path from 'node:path'
import { findUnprocessed, unprocessedMessage, TEXT_OUTPUT_RE } from './find.ts'
import { findSources } from './sources.ts'

/** An output file of a build. `text` is called only if the file may contain references. */
export interface OutputFile {
  name: string
  text: () => string | Promise<string>
}

/** The output to search, and what is known about its references. */
export interface SearchedOutput {
  outputs: readonly OutputFile[]
  /** Absolute paths or ids of the built modules; ids that are not files are skipped. */
  sources: Iterable<string>
  /** Absolute path of the project. */
  root: string
  /** True for a reference that needs no warning, because the plugin wrote or already reported it. @default never */
  isKnown?: ((reference: string) => boolean) | undefined
  /** True for an image that `include` or `exclude` excludes. @default never */
  leftOut?: ((reference: string) => boolean) | undefined
  /** Places whose references were processed, so that of two equal references the other one is reported. */
  processed?: ReadonlySet<string> | undefined
  /** Converts the image's file name in the output to that in the project. @default the same */
  imageOf?: ((fileName: string) => string) | undefined
}

/** A Markdown file whose path is in the output. It is not a module where a framework keeps the text of its pages as data. */
const MARKDOWN_PATH_RE = /(?<=["'`])[^"'`\s\\]{1,300}\.mdx?(?=\\?["'`])/g

/** One warning for every unprocessed `?hd` reference in the output, with file and line in the sources. */
export async function unprocessedWarnings({
  outputs,
  sources,
  root,
  isKnown = () => false,
  leftOut = () => false,
  processed = new Set(),
  imageOf = (fileName) => fileName,
}: SearchedOutput): Promise<string[]> {
  // A copy, because an iterator can be read only once.
  const files = [...sources]
  const warnings: string[] = []
  for (const { name, text } of outputs.filter((output) => TEXT_OUTPUT_RE.test(output.name))) {
    const code = await text()
    const references = findUnprocessed(code, name).filter((found) => !isKnown(found))
    const pages = references.length > 0 ? [...code.matchAll(MARKDOWN_PATH_RE)].map(([page]) => path.resolve(root, page)) : []
    for (const reference of references) {
      const image = imageOf(path.posix.basename(reference.split('?', 1)[0]!))
      const { places, isText } = await findSources(reference, name, image, [...files, ...pages], root, processed)
      const isLeftOut = leftOut(image)
      if (isText && !isLeftOut) continue
      const where = places.length > 0 ? `${places.join(' or ')} (now in ${name})` : name
      warnings.push(unprocessedMessage(reference, where, isLeftOut))
    }
  }
  return warnings
}

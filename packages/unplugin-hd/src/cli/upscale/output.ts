import { access, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import {
  errorMessage,
  FORMAT_FACTS,
  HdError,
  isOutputFormat,
  OUTPUT_FORMATS,
  type Factor,
  type OutputFormat,
  writeAtomically,
} from '@unplugin-hd/core'
import type { InputImage } from '../images.ts'

/** Extensions of image formats that cannot be written. */
const FOREIGN_RE = /^(?:gif|tiff?|svgz?|bmp|heic|heif|jxl|jp2|ico|pdf|psd)$/

/** Where results are written: one file, or a folder with names derived from the images. */
export type Target = { kind: 'file'; out: string } | { kind: 'folder'; folder: string; template: string }

export const DEFAULT_TEMPLATE = '[name]@[factor]x.[ext]'

/** @param out of `--out`: a folder if it exists as one or ends with a slash */
export async function targetOf(
  cwd: string,
  out: string | undefined,
  outDir: string | undefined,
  template: string | undefined,
): Promise<Target> {
  if (outDir !== undefined || out === undefined)
    return { kind: 'folder', folder: outDir ?? '.', template: template ?? DEFAULT_TEMPLATE }
  const isFolder = /[/\\]$/.test(out) || (await stat(path.resolve(cwd, out)).catch(() => undefined))?.isDirectory()
  return isFolder ? { kind: 'folder', folder: out, template: template ?? DEFAULT_TEMPLATE } : { kind: 'file', out }
}

/** The output file of an image, as named in messages. */
export function outputName(target: Target, { file, below }: InputImage, factor: Factor, format: OutputFormat): string {
  if (target.kind === 'file') return target.out
  const name = target.template.replaceAll(/\[(name|factor|ext)\]/g, (_, what: string) =>
    what === 'name' ? path.parse(file).name : what === 'factor' ? String(factor) : FORMAT_FACTS[format].extension,
  )
  return path.join(target.folder, below, name)
}

/**
 * The format for the extension of an output; `undefined` for an unknown one, so that the source decides.
 * @throws HdError `HD_OUTPUT` for the extension of a format that cannot be written
 */
export function formatOfName(name: string): OutputFormat | undefined {
  const extension = path
    .extname(name)
    .slice(1)
    .toLowerCase()
    .replace(/^(?:jpg|jfif)$/, 'jpeg')
  if (FOREIGN_RE.test(extension)) {
    throw new HdError('HD_OUTPUT', `.${extension} files cannot be written`, {
      file: name,
      remedy: `Use one of ${OUTPUT_FORMATS.map((format) => `.${FORMAT_FACTS[format].extension}`).join(', ')}, or set '--format'`,
    })
  }
  return isOutputFormat(extension) ? extension : undefined
}

/** @throws HdError `HD_OUTPUT` for an output that is an input, is used twice, or exists */
export async function refuseOutputs(
  pairs: readonly { image: InputImage; out: string }[],
  cwd: string,
  overwrite: boolean,
): Promise<void> {
  const inputs = new Set(await Promise.all(pairs.map(({ image }) => real(image.file))))
  const takenBy = new Map<string, string>()
  for (const { image, out } of pairs) {
    const file = path.resolve(cwd, out)
    if (inputs.has(await real(file)))
      throw new HdError('HD_OUTPUT', 'the output is the input itself', { file: out, remedy: 'Write to another file' })
    const other = takenBy.get(file)
    if (other !== undefined)
      throw new HdError('HD_OUTPUT', `'${other}' and '${image.name}' have the same output`, {
        file: out,
        remedy: "Change '--name'",
      })
    takenBy.set(file, image.name)
    if (!overwrite && (await isThere(file)))
      throw new HdError('HD_OUTPUT', 'the file exists', { file: out, remedy: "Use '--overwrite' to replace it" })
  }
}

export function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

/** Writes atomically: readers never see a partial file, and an existing file is kept if writing fails. @throws HdError `HD_OUTPUT` */
export async function writeOutput(out: string, bytes: Uint8Array, name: string): Promise<void> {
  try {
    await writeAtomically(path.dirname(out), out, [bytes])
  } catch (cause) {
    throw new HdError('HD_OUTPUT', `the output cannot be written: ${errorMessage(cause)}`, { file: name, cause })
  }
}

/** The real path of an existing file; otherwise the path itself. */
function real(file: string): Promise<string> {
  return realpath(file).catch(() => file)
}

import { stat } from 'node:fs/promises'
import path from 'node:path'
import { HdError } from '@unplugin-hd/core'
import { glob, isDynamicPattern } from 'tinyglobby'

export interface InputImage {
  /** Absolute path. */
  file: string
  /** The name for messages: as written, or relative to the current folder. */
  name: string
  /** Its folder relative to the given folder, so that outputs keep the tree. */
  below: string
}

const EXTENSIONS = '{jpg,jpeg,jfif,png,webp,avif,gif,tif,tiff}'
const SKIPPED = ['**/node_modules/**', '**/.git/**']

/**
 * The images of files, folders and globs, in order and without duplicates; of a folder all files with the extension of an image. The
 * name of an existing file is never a glob, whatever characters it contains.
 * @throws HdError `HD_SOURCE_MISSING` for a glob or a folder without images
 */
export async function findImages(words: readonly string[], cwd: string): Promise<InputImage[]> {
  const found = new Map<string, InputImage>()
  for (const word of words) {
    const file = path.resolve(cwd, word)
    const facts = await stat(file).catch(() => undefined)
    const isGlob = !facts && isDynamicPattern(word)
    if (!isGlob && !facts?.isDirectory()) {
      found.set(file, { file, name: word, below: '' })
      continue
    }
    const base = isGlob ? cwd : file
    const pattern = isGlob ? word.replaceAll('\\', '/') : `**/*.${EXTENSIONS}`
    const files = await glob(pattern, {
      cwd: base,
      absolute: true,
      ignore: SKIPPED,
      caseSensitiveMatch: isGlob,
      expandDirectories: false,
    })
    if (files.length === 0) {
      throw new HdError('HD_SOURCE_MISSING', isGlob ? 'no file matches this glob' : 'no images in this folder', { file: word })
    }
    for (const each of files.map((one) => path.normalize(one)).toSorted()) {
      const below = isGlob ? '' : path.relative(file, path.dirname(each))
      if (!found.has(each)) found.set(each, { file: each, name: path.relative(cwd, each), below })
    }
  }
  return [...found.values()]
}

import type { Part } from '../shape/part.ts'
import type { EmittedFile, PartUrl } from './port.ts'

/*
 * esbuild and Bun let plugins define namespaces, to which the user's loaders do not apply. An import becomes a
 * module in one of them, and imports its files from the other.
 */

/** Modules whose default export is the value of an import; keyed by the canonical id, relative to the root. */
export const VALUE_NAMESPACE = 'hd'

/** The files themselves; keyed by a path that ends in the file's name, because the bundlers take `[name]` from it. */
export const FILE_NAMESPACE = 'hd-file'

/** Both bundlers' expressions are matched outside of JavaScript, without look-ahead; `isHdId` decides. */
export const HD_FILTER: RegExp = /[?&](?:[hH][dD]|@?[2-9]x)/

const PART_PREFIX = 'hd-part:'

/** Specifiers of files, known only to the modules that we write. */
export const PART_RE: RegExp = /^hd-part:/

/** A file that waits to be loaded. */
export interface KeptFile {
  part: Part
  delivery: EmittedFile['delivery']
  /** Absolute path of the source. */
  source: string
}

/** The files of a build, between the module that imports them and their own loading. */
export interface KeptFiles {
  /** Keeps a file. @param id of the module that it belongs to @returns its path in {@link FILE_NAMESPACE} */
  keep(id: string, source: string, file: EmittedFile): string
  /** The same for a module that imports it. */
  emit(id: string, source: string, file: EmittedFile): PartUrl
  /** @param path as {@link KeptFiles.keep} gave it */
  at(path: string): KeptFile | undefined
}

export function createKeptFiles(): KeptFiles {
  const files = new Map<string, KeptFile>()
  const keep: KeptFiles['keep'] = (id, source, { part, index, delivery }) => {
    const path = `${id}/${index}/${part.name.replace(/[?#]/g, '_')}`
    files.set(path, { part, delivery, source })
    return path
  }
  return {
    keep,
    emit: (...file) => ({ specifier: PART_PREFIX + keep(...file) }),
    at: (path) => files.get(path),
  }
}

/** The path in {@link FILE_NAMESPACE} that a specifier of {@link KeptFiles.emit} means. */
export function pathOfPart(specifier: string): string {
  return specifier.slice(PART_PREFIX.length)
}

/** A reference to a module of the plugin in the output: bundlers write the ids of lazy modules into the code. */
export function isOwnId(reference: string): boolean {
  return reference.startsWith(`${VALUE_NAMESPACE}:`) || reference.startsWith(`${FILE_NAMESPACE}:`)
}

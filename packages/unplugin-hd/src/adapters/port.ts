import type { SessionContext } from '../session/session.ts'
import type { Part } from '../shape/part.ts'
import type { HdRequest } from '@unplugin-hd/core'

/**
 * What the plugin needs of a bundler. An adapter begins its session with the first half (`root`, `quiet`, `warn`, `dev`), and passes
 * the second, which most bundlers offer only within a hook, to `resolveThrough` and `loadThrough`.
 */
export interface BundlerPort extends SessionContext {
  /**
   * Absolute path of the file that an import without its query leads to, with the bundler's aliases and packages. `undefined`
   * leaves the import, and the error message, to the bundler.
   * @param importer absolute path or module id; `undefined` for an entry point
   */
  resolve(specifier: string, importer: string | undefined): Promise<string | undefined>
  /** Hands a file to the bundler, which names it, and writes or inlines it. */
  emit(file: EmittedFile): PartUrl
  /** The bundler writes its files before a plugin hears of the end, unless a module fails to load. @default false */
  writesEarly?: boolean
  /** Builds again when this file changes. @param file absolute path */
  watch(file: string): void
}

/** One file of an import. */
export interface EmittedFile {
  part: Part
  /** Position among the parts of the import. */
  index: number
  /** Whether the file is to be inlined. */
  delivery: HdRequest['delivery']
}

/**
 * The URL of an emitted file in a module: a JavaScript expression, or the specifier of another module whose default export it
 * is, or has as a property.
 */
export type PartUrl = { expression: string } | { specifier: string; property?: string }

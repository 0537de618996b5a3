import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { relativePath } from '@unplugin-hd/core'
import { lineAt } from '../line-number.ts'
import { blankComments } from '../unprocessed/find.ts'
import { followStyles } from '../unprocessed/styles.ts'

/** Where an image is referenced, for error messages. */
export interface Origin {
  /** As written in the source: `./a.jpg?hd&as=img`. */
  reference: string
  /** `src/style.css:3`, where it is known without a search. */
  place?: string
  /** Searches the place; called only for errors. `undefined` if the reference is not in a file. */
  where(): Written | undefined | Promise<Written | undefined>
}

/** A place in a file of the project. */
export interface Written {
  /** `src/App.tsx:3`, relative to the root; without the line if the reference was not found. */
  text: string
  /** Absolute path, if known. */
  file?: string
  /** From 1. */
  line?: number
  /** In UTF-16 units, from 0. */
  column?: number
}

/** The files that import each module. They are read only for errors, never in a build from the cache. */
export interface Origins {
  /** @param importer module id, with or without a query @param reference as written there */
  add(id: string, importer: string | undefined, reference: string): void
  /** @param id of the imported module */
  of(id: string): Origin | undefined
}

/** @param root absolute path of the project */
export function createOrigins(root: string): Origins {
  const references = new Map<string, Map<string, string>>()
  return {
    add(id, importer, reference) {
      if (importer === undefined) return
      let importers = references.get(id)
      if (!importers) references.set(id, (importers = new Map()))
      importers.set(importer, reference)
    },
    of(id) {
      const importers = [...(references.get(id) ?? [])]
      if (importers.length === 0) return undefined
      return {
        reference: importers[0]![1],
        async where() {
          // In watch mode, an importer may have removed its import.
          const found = await Promise.all(importers.map(([importer, reference]) => findWritten(root, importer, reference)))
          const present = found.findIndex((written) => written?.line !== undefined)
          this.reference = importers[Math.max(present, 0)]![1]
          return found[Math.max(present, 0)]
        },
      }
    },
  }
}

/** The origin of an import. @param importer module id, with or without a query */
export function originOf(root: string, importer: string | undefined, reference: string): Origin {
  return { reference, where: () => (importer === undefined ? undefined : findWritten(root, importer, reference)) }
}

/**
 * Finds a reference in a file or in a stylesheet that it imports. `undefined` for a module that is not a file.
 * @param id of the module, with or without a query
 */
export async function findWritten(root: string, id: string, reference: string): Promise<Written | undefined> {
  const file = cleanId(id)
  // Virtual modules, and Vite's importer for a URL that was opened in the browser.
  if (!path.isAbsolute(file) || !existsSync(file)) return undefined
  for (const each of [file, ...(await followStyles([file]))]) {
    const found = positionOf(reference, await readFile(each, 'utf8').catch(() => ''), each)
    if (found) return { text: `${displayPath(root, each)}:${found.line}`, file: each, ...found }
  }
  return { text: displayPath(root, file), file }
}

function positionOf(reference: string, text: string, file: string): { line: number; column: number } | undefined {
  // Markup writes `&` as `&amp;`.
  for (const written of [reference, reference.replaceAll('&', '&amp;')]) {
    if (!text.includes(written)) continue
    const code = blankComments(text, file)
    // Prefer an exact match to the start of a longer reference.
    const whole = new RegExp(`${escape(written)}(?=["'\`\\s),>]|$)`, 'm')
    const index = [code.search(whole), text.search(whole), text.indexOf(written)].find((each) => each >= 0)!
    return { line: lineAt(text, index), column: index - (text.lastIndexOf('\n', index - 1) + 1) }
  }
  return undefined
}

function escape(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')
}

/** `src/style.css`, with `/` on every system. @param id absolute path, also with a query */
export function displayPath(root: string, id: string): string {
  return relativePath(root, cleanId(id))
}

/** The file of a module id. */
export function cleanId(id: string): string {
  return id.split('?', 1)[0]!
}

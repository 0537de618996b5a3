import path from 'node:path'
import { toQuery, type HdRequest } from '@unplugin-hd/core'
import type { ResolvedReference } from '../references/resolved.ts'
import { cleanId, displayPath, findWritten } from '../session/origin.ts'
import type { Use } from './data.ts'
import type { ImageLog, Wish } from './image-log.ts'
import type { WantedImage } from './inspect.ts'

/** Images by their files, in the order of their names, each with all requests and uses. */
export class WantedImages {
  readonly #images = new Map<string, { requests: Map<string, HdRequest>; uses: Map<string, Use> }>()

  /** @param file absolute path @param use `undefined` where it is not known */
  add(file: string, request: HdRequest, use?: Use): void {
    const key = path.normalize(file)
    const known = this.#images.get(key) ?? { requests: new Map<string, HdRequest>(), uses: new Map<string, Use>() }
    this.#images.set(key, known)
    known.requests.set(toQuery(request), request)
    if (use) known.uses.set(`${use.text} ${use.reference}`, use)
  }

  /** The files that name an image, as far as they are known; `undefined` for an image that is not wanted. */
  importersOf(file: string): ReadonlySet<string> | undefined {
    const uses = this.#images.get(path.normalize(file))?.uses.values()
    return uses && new Set([...uses].flatMap((use) => use.file ?? []))
  }

  all(): WantedImage[] {
    return [...this.#images]
      .map(([file, { requests, uses }]) => ({ file, requests: [...requests.values()], uses: sorted([...uses.values()]) }))
      .toSorted((a, b) => (a.file < b.file ? -1 : 1))
  }
}

/** Adds what source files refer to. @param root absolute path that names are relative to */
export function addReferences(wanted: WantedImages, references: readonly ResolvedReference[], root: string): void {
  for (const { file, request, writtenAt } of references) {
    const { importer, reference, lines } = writtenAt
    for (const line of lines)
      wanted.add(file, request, { text: `${displayPath(root, importer)}:${line}`, reference, file: importer, line })
  }
}

/** Adds what a bundler asked for. */
export async function addLogged(wanted: WantedImages, log: ImageLog, root: string): Promise<void> {
  for (const [file, wishes] of log.wishes)
    for (const { request, imported, place } of wishes)
      // Nothing is found for what no file holds: a virtual module.
      wanted.add(file, request, imported ? await useOf(imported, root) : place)
}

/**
 * Adds what a dev server was asked for and the source files do not say: what packages refer to, or code puts together. A server hears
 * of new references, but not of those that are gone.
 * @param wanted with the references of the source files
 * @param known files of images that source files refer to, or did before
 */
export async function addUnseen(wanted: WantedImages, log: ImageLog, root: string, known: ReadonlySet<string>): Promise<void> {
  for (const [file, wishes] of log.wishes) {
    const importers = wanted.importersOf(file)
    for (const { request, imported, place } of wishes) {
      if (!imported) {
        if (!known.has(path.normalize(file))) wanted.add(file, request, place)
      } else if (!importers?.has(path.normalize(cleanId(imported.importer)))) {
        const use = await useOf(imported, root)
        if (use?.line !== undefined) wanted.add(file, request, use)
      }
    }
  }
}

async function useOf({ importer, reference }: NonNullable<Wish['imported']>, root: string): Promise<Use | undefined> {
  const written = await findWritten(root, importer, reference)
  if (!written) return undefined
  const { text, file, line } = written
  return { text, reference, ...(file !== undefined && { file }), ...(line !== undefined && { line }) }
}

const COLLATOR = new Intl.Collator('en', { numeric: true })

/** Without places that are known better: `src/App.svelte` beside `src/App.svelte:3`. */
function sorted(uses: readonly Use[]): Use[] {
  return uses
    .filter(({ text }) => !uses.some((other) => other.text.startsWith(`${text}:`)))
    .toSorted((a, b) => COLLATOR.compare(a.text, b.text))
}

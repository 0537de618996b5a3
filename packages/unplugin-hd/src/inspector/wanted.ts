import path from 'node:path'
import { toQuery, type HdRequest } from '@unplugin-hd/core'
import type { ResolvedReference } from '../references/resolved.ts'
import { displayPath, findWritten } from '../session/origin.ts'
import type { Use } from './data.ts'
import type { ImageLog } from './image-log.ts'
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

  has(file: string): boolean {
    return this.#images.has(path.normalize(file))
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

/**
 * Adds what a bundler asked for.
 * @param onlyPresent leaves out imports that are no longer written where they were
 */
export async function addLogged(
  wanted: WantedImages,
  log: ImageLog,
  root: string,
  { onlyPresent }: { onlyPresent: boolean },
): Promise<void> {
  for (const [file, wishes] of log.wishes) {
    for (const { request, imported, place } of wishes) {
      if (place) wanted.add(file, request, place)
      else if (!imported) wanted.add(file, request)
      else {
        const { importer, reference } = imported
        const written = await findWritten(root, importer, reference)
        if (onlyPresent && written?.line === undefined) continue
        // What no file holds: a virtual module.
        wanted.add(file, request, written && { reference, ...written })
      }
    }
  }
}

const COLLATOR = new Intl.Collator('en', { numeric: true })

function sorted(uses: readonly Use[]): Use[] {
  return uses.toSorted((a, b) => COLLATOR.compare(a.text, b.text))
}

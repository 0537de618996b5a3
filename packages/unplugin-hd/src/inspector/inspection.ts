import path from 'node:path'
import { errorMessage, type Hd } from '@unplugin-hd/core'
import { concurrently } from '../concurrently.ts'
import { isSource, scanFile, sourceFiles, type ScannedReference } from '../references/scan.ts'
import { resolveReferences, type Places } from '../references/resolved.ts'
import { displayPath } from '../session/origin.ts'
import { withAddresses, type Addresses } from './addresses.ts'
import type { Changes } from './changes.ts'
import type { InspectedImage } from './data.ts'
import type { ImageLog } from './image-log.ts'
import { inspect, type Inspected, type WantedImage } from './inspect.ts'
import { addReferences, addUnseen, WantedImages } from './wanted.ts'

/** All images of a project, kept up to date while a page is open. */
export interface Inspection {
  /** Resolves when every image was looked at. */
  complete(): Promise<Changes>
  /** Calls `listener` with all images now and with what changes from then on. Returns what ends that. */
  subscribe(listener: (changes: Changes) => void): () => void
  /** A file of the project was written, added or removed. @param file absolute path */
  changed(file: string): void
  /** The image of this name as it was last looked at, and what is needed of it. */
  find(name: string): { image: InspectedImage; wanted: WantedImage } | undefined
  close(): void
}

export interface InspectionContext extends Places {
  hd: Hd
  log: ImageLog
  addressesOf(inspected: Inspected, file: string): Promise<Addresses | undefined>
}

/** Changes are told at most this often. */
const INTERVAL_MS = 100

/** Source files that are read at the same time. */
const FILES_AT_ONCE = 32

/** Images that are looked at at the same time; each reads a file or two. */
const AT_ONCE = 4

export function createInspection(context: InspectionContext): Inspection {
  const { hd, log } = context
  const { root } = hd.options
  /** By importer. */
  let scanned: Map<string, ScannedReference[]> | undefined
  let problems: string[] = []
  /** Files of images that source files refer to, or did. */
  const known = new Set<string>()
  const wanted = new Map<string, WantedImage>()
  const images = new Map<string, InspectedImage>()
  const listeners = new Set<(changes: Changes) => void>()
  /** Names of images that are to be looked at again. */
  const dirty = new Set<string>()
  const changedNames = new Set<string>()
  let isStale = true
  const closing = new AbortController()
  const { signal } = closing
  let working: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let outdating: NodeJS.Timeout | undefined

  const tell = (): void => {
    timer = undefined
    const names = [...changedNames]
    changedNames.clear()
    const changes: Changes = {
      all: false,
      images: names.flatMap((name) => images.get(name) ?? []),
      gone: names.filter((name) => !images.has(name)),
      isComplete: !working,
      problems,
    }
    for (const listener of listeners) listener(changes)
  }
  const tellSoon = (name?: string): void => {
    if (name !== undefined) changedNames.add(name)
    if (!signal.aborted && listeners.size > 0) timer ??= setTimeout(tell, INTERVAL_MS)
  }

  /** Finds out which images there are. */
  const refresh = async (): Promise<void> => {
    scanned ??= await scanAll(context.folder, signal)
    const references = await resolveReferences([...scanned.values()].flat(), context)
    problems = [...references.unresolved.map((each) => `${each}: file not found`), ...references.failures]
    const found = new WantedImages()
    addReferences(found, references.resolved, root)
    for (const { file } of found.all()) known.add(file)
    await addUnseen(found, log, root, known)
    const names = new Set<string>()
    for (const image of found.all()) {
      const name = displayPath(root, image.file)
      names.add(name)
      if (!isSame(wanted.get(name), image)) dirty.add(name)
      wanted.set(name, image)
    }
    for (const name of wanted.keys()) {
      if (names.has(name)) continue
      wanted.delete(name)
      images.delete(name)
      tellSoon(name)
    }
  }
  const look = async (name: string): Promise<void> => {
    const image = wanted.get(name)
    if (!image) return
    const inspected = await inspect(hd, image, (each) => log.activities.get(each))
    const addresses = await context.addressesOf(inspected, image.file).catch(() => undefined)
    images.set(name, withAddresses(inspected, addresses))
    tellSoon(name)
  }
  const work = async (): Promise<void> => {
    while (!signal.aborted && (isStale || dirty.size > 0)) {
      if (isStale) {
        isStale = false
        await refresh()
      }
      const worker = async (): Promise<void> => {
        for (const name of dirty) {
          if (signal.aborted) return
          dirty.delete(name)
          await look(name)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
    }
  }
  /** Does what there is to do, once however often it is asked for. */
  const begin = (): Promise<void> =>
    (working ??= work()
      .catch((error: unknown) => void (problems = [...problems, errorMessage(error)]))
      .finally(() => {
        working = undefined
        tellSoon()
      }))

  /** Source files, or which of their references lead somewhere, have changed. */
  const outdate = (): void => {
    isStale = true
    if (listeners.size > 0) outdating ??= setTimeout(beginAnew, INTERVAL_MS)
  }
  const beginAnew = (): void => {
    outdating = undefined
    void begin()
  }
  const onLog = (name: string, isNewWish: boolean): void => {
    if (isNewWish) return outdate()
    // The next page gets it anew.
    if (listeners.size === 0 || !wanted.has(name) || showActivity(name)) return
    dirty.add(name)
    void begin()
  }
  /** While an image is made, nothing else of it changes. */
  const showActivity = (name: string): boolean => {
    const [image, activity] = [images.get(name), log.activities.get(name)]
    if (!image || !activity || activity.queued + activity.waiting === 0) return false
    const { fraction: _, ...rest } = image
    const { working: isMaking, fraction } = activity
    images.set(name, { ...rest, state: isMaking ? 'making' : 'waiting', ...(isMaking && fraction !== undefined && { fraction }) })
    tellSoon(name)
    return true
  }
  const stop = log.onChange(onLog)

  return {
    async complete() {
      // Without a page nothing was kept up to date.
      if (listeners.size === 0) for (const name of wanted.keys()) dirty.add(name)
      await begin()
      return all()
    },
    subscribe(listener) {
      if (listeners.size === 0) {
        isStale = true
        for (const name of wanted.keys()) dirty.add(name)
      }
      listeners.add(listener)
      void begin()
      listener(all())
      return () => void listeners.delete(listener)
    },
    changed(file) {
      const isOfImage = wanted.has(displayPath(root, file))
      if (isOfImage) log.edited(file)
      else if (scanned && isSource(file, context.folder)) {
        void scanEntry(file).then(([importer, references]) => {
          scanned?.set(importer, references)
          outdate()
        })
      } else if (problems.length > 0) outdate()
    },
    find(name) {
      const [image, order] = [images.get(name), wanted.get(name)]
      return image && order && { image, wanted: order }
    },
    close() {
      closing.abort()
      stop()
      clearTimeout(timer)
      clearTimeout(outdating)
      listeners.clear()
    },
  }

  function all(): Changes {
    const sorted = [...images.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
    return { all: true, images: sorted, gone: [], isComplete: !working, problems }
  }
}

async function scanAll(folder: string, signal: AbortSignal): Promise<Map<string, ScannedReference[]>> {
  const files = await sourceFiles(folder)
  const entries: [string, ScannedReference[]][] = []
  await concurrently(files, FILES_AT_ONCE, signal, async (file, index) => void (entries[index] = await scanEntry(file)))
  return new Map(entries.filter(Boolean))
}

async function scanEntry(file: string): Promise<[string, ScannedReference[]]> {
  const importer = path.normalize(file)
  return [importer, await scanFile(importer)]
}

function isSame(one: WantedImage | undefined, other: WantedImage): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other)
}

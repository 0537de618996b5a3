import {
  errorMessage,
  formatError,
  isHdError,
  parseRequest,
  toQuery,
  type DoneImage,
  type HdEvent,
  type HdRequest,
  type VariantRequest,
} from '@unplugin-hd/core'
import { cleanId, displayPath, type Origin } from '../session/origin.ts'

/** Images that were asked for, and what became of them. */
export interface ImageLog {
  /** An import was resolved. @param id of the imported module @param reference as it is written */
  imported(id: string, importer: string | undefined, reference: string): void
  /** An image was asked for. @param file absolute path @param origin `undefined` where it is not known */
  asked(file: string, request: HdRequest, origin: Origin | undefined): void
  onEvent(event: HdEvent): void
  /** A variant begins to wait for its turn to be made (1), or ends to (-1). @param file absolute path */
  waits(file: string, change: 1 | -1): void
  /** Forgets what became of an image, because its file has changed. */
  edited(file: string): void
  /** By absolute path of the image. */
  readonly wishes: ReadonlyMap<string, readonly Wish[]>
  /** By the name in events. */
  readonly activities: ReadonlyMap<string, Activity>
  /** Calls `listener` with the name of an image whenever something happens to it, also when a new reference is noted. Returns what ends that. */
  onChange(listener: (name: string, isNewWish: boolean) => void): () => void
}

/** One reference to an image; neither `imported` nor `place` where it is not known. */
export interface Wish {
  request: HdRequest
  /** The module that imports it. */
  imported?: { importer: string; reference: string }
  /** Any other place: `src/style.css:3` */
  place?: { text: string; reference: string }
}

/** What became of an image. */
export interface Activity {
  /** How many of its variants wait for a dev server to make them. */
  waiting: number
  /** How many of its variants are made. */
  queued: number
  /** An upscaler is at work. */
  working: boolean
  fraction: number | undefined
  /** By {@link variantId}. */
  outcomes: Map<string, Outcome>
  metered: number
  warnings: string[]
}

export type Outcome = { image: DoneImage } | { error: string }

/** What was cancelled, and what is only missing. */
const NO_FAILURE: ReadonlySet<string> = new Set(['HD_ABORTED', 'HD_CACHE_MISS'])

/** Further warnings of one image are left out. */
const MAX_WARNINGS = 5

/** @param root absolute path of the project */
export function createImageLog(root: string): ImageLog {
  const wishes = new Map<string, Map<string, Wish>>()
  const activities = new Map<string, Activity>()
  const listeners = new Set<(name: string, isNewWish: boolean) => void>()

  const tell = (name: string, isNewWish = false): void => listeners.forEach((listener) => listener(name, isNewWish))
  const wish = (file: string, key: string, what: Wish): void => {
    let known = wishes.get(file)
    if (!known) wishes.set(file, (known = new Map()))
    if (known.has(key)) return
    known.set(key, what)
    tell(displayPath(root, file), true)
  }
  const activityOf = (name: string): Activity => {
    let known = activities.get(name)
    if (!known) activities.set(name, (known = idle()))
    return known
  }

  return {
    imported(id, importer, reference) {
      const request = parseRequest(id)?.request
      if (request && importer !== undefined)
        wish(cleanId(id), `${importer}\0${reference}`, { request, imported: { importer, reference } })
    },
    asked(file, request, origin) {
      if (!origin) return wish(file, toQuery(request), { request })
      const { place: text, reference } = origin
      // Imports are noted when they are resolved.
      if (text !== undefined) wish(file, `${text}\0${reference}`, { request, place: { text, reference } })
    },
    onEvent(event) {
      note(activityOf(event.name), event)
      tell(event.name)
    },
    waits(file, change) {
      const name = displayPath(root, file)
      activityOf(name).waiting += change
      tell(name)
    },
    edited(file) {
      const name = displayPath(root, file)
      const { waiting, queued } = activityOf(name)
      activities.set(name, { ...idle(), waiting, queued })
      tell(name)
    },
    get wishes() {
      return new Map([...wishes].map(([file, all]) => [file, [...all.values()]]))
    },
    activities,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** Names a variant of an image. */
export function variantId({ factor, width, format, quality }: VariantRequest): string {
  return `${factor} ${width ?? ''} ${format} ${quality ?? ''}`
}

function idle(): Activity {
  return { waiting: 0, queued: 0, working: false, fraction: undefined, outcomes: new Map(), metered: 0, warnings: [] }
}

function note(activity: Activity, event: HdEvent): void {
  switch (event.type) {
    case 'queued':
      activity.queued++
      break
    case 'start':
      activity.working = true
      break
    case 'progress':
      activity.working = true
      activity.fraction = event.fraction
      break
    case 'upscaled':
      if (event.metered) activity.metered++
      break
    case 'settled':
      activity.queued--
      activity.working = false
      activity.fraction = undefined
      break
    case 'done': {
      const id = variantId(event.variant)
      const before = activity.outcomes.get(id)
      // Several environments may ask for the same image: the first answer is the true one.
      const isRepeated = before && 'image' in before && before.image.bytes === event.image.bytes
      if (!isRepeated) activity.outcomes.set(id, { image: { ...event.image, ms: Math.round(event.image.ms) } })
      break
    }
    case 'failed':
      if (isHdError(event.error) && NO_FAILURE.has(event.error.code)) break
      activity.outcomes.set(variantId(event.variant), { error: messageOf(event.error) })
      break
    case 'warning':
      if (activity.warnings.length < MAX_WARNINGS && !activity.warnings.includes(event.message))
        activity.warnings.push(event.message)
      break
  }
}

/** Without the name of the image, which stands above it. */
export function messageOf(error: unknown): string {
  return isHdError(error) ? formatError(error, null) : errorMessage(error)
}

import { inspect, types } from 'node:util'
import { bounded, visible } from './visible-text.ts'

/** The maximum length of messages, in characters, because text from outside may be unlimited. */
const MAX_MESSAGE = 2000

/** The same bound for messages of foreign errors. */
const MAX_WORDS = 500

/** A cause whose printed form is longer than this is dropped. */
const MAX_CAUSE = 100_000

/** The documentation site, to which errors refer. */
export const SITE = 'https://unplugin-hd.github.io/unplugin-hd'

/**
 * Every code that an {@link HdError} of core, the adapters and the CLI can carry, with the condition
 * that raises it. Upscalers add codes of their own. Codes are stable: callers match them, not texts.
 * `docs/errors.md` is compared with this table by a test.
 */
export const HD_CODES = {
  HD_OPTION: 'an option, or a flag of the command line, is unknown or has a value that is not allowed',
  HD_QUERY: 'the query of an import has an unknown key or a value that is not allowed, or does not suit the image or the place',
  HD_SOURCE_MISSING: 'the source file does not exist or cannot be read',
  HD_SOURCE_FORMAT: 'the source is not an image, or of a format that cannot be read (SVG, HEIC, BMP, PDF …)',
  HD_SOURCE_ANIMATED: 'the source has more than one frame or page',
  HD_SOURCE_BROKEN: 'the source is empty, truncated or damaged',
  HD_SOURCE_LFS: 'the source is a Git LFS pointer and not the image itself',
  HD_SOURCE_TOO_LARGE: 'the source has too many bytes, or its 2x has more pixels than `maxPixels`',
  HD_FIT: 'the source cannot be made to satisfy what the upscaler accepts',
  HD_UPSCALE_FAILED: 'the upscaler failed, or returned something that is not an image',
  HD_UPSCALE_SIZE: 'the result of the upscaler is not exactly twice as wide and high as its input',
  HD_UPSCALE_DIFFERS: 'the result of the upscaler does not look like the source (black, shifted, other colours)',
  HD_ENCODE: 'the 2x cannot be encoded in the requested format',
  HD_CACHE_MISS: "`mode: 'cache-only'` and the image is not in the cache",
  HD_CACHE_IO: 'the cache cannot be read or written',
  HD_REMOTE: 'the remote cache cannot be used, or an entry of it was refused',
  HD_QUEUE: 'the queue cannot be used, no worker takes its jobs, or a worker failed in a way that has no code of its own',
  HD_BUNDLER: 'the bundler is too old, or does not call a hook that the plugin requires',
  HD_ABORTED: 'the work was cancelled',
  HD_OUTPUT: 'the command line cannot write its output file',
  HD_MODEL: 'a model cannot be read, or does not enlarge or restore images',
  HD_RUNTIME: 'no ONNX runtime is installed or loads for a custom model, or a model failed while it ran',
} as const

/** A code of {@link HD_CODES}, or one that a custom upscaler defines. */
export type HdCode = keyof typeof HD_CODES | (string & {})

export interface HdErrorDetails {
  /** The image (or model) concerned, as the caller named it. */
  file?: string | undefined
  /** What the user can do about it, one sentence. */
  remedy?: string | undefined
  /** The same reason was already reported for an earlier image. @default false */
  told?: boolean | undefined
  /** Address of a page about the error. @default the section of its code in the documentation; none for a custom code */
  docs?: string | undefined
  cause?: unknown
}

/**
 * The one error class of unplugin-hd. `message` says what was expected and what arrived, and ends with the
 * remedy; it does not name the file, which is `file` (see {@link formatError} for both in one line).
 */
export class HdError extends Error {
  override name = 'HdError'
  readonly code: HdCode
  /** The image (or model) concerned; set by the pipeline where the thrower did not know it. */
  file: string | undefined
  readonly remedy: string | undefined
  /** Already reported for an earlier image: a chain falls back without another warning. */
  readonly told: boolean
  /** Address of a page about the error. */
  readonly docs: string | undefined
  /** Marks the class across duplicate copies of this package, where `instanceof` fails. */
  readonly isHdError = true

  constructor(code: HdCode, message: string, details: HdErrorDetails = {}) {
    super(
      visible(joined(bounded(message, MAX_MESSAGE), details.remedy && bounded(details.remedy, MAX_MESSAGE))),
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.code = code
    this.file = details.file
    this.remedy = details.remedy
    this.told = details.told ?? false
    this.docs = details.docs ?? (Object.hasOwn(HD_CODES, code) ? `${SITE}/errors#${code}` : undefined)
  }
}

function joined(message: string, remedy: string | undefined): string {
  return remedy ? `${message}${message.endsWith('?') ? '' : '.'} ${remedy}` : message
}

/** True for an {@link HdError}, also for one from a second copy of this package. */
export function isHdError(value: unknown): value is HdError {
  try {
    return typeof value === 'object' && value !== null && (value as { isHdError?: unknown }).isHdError === true
  } catch {
    // A getter or a proxy may throw.
    return false
  }
}

/**
 * The value as an {@link HdError}: itself when it is one already (its code is kept, its file filled in), otherwise wrapped under
 * `code` keeps its own message, if that is readable.
 */
export function toHdError(value: unknown, code: HdCode, what: string, details: HdErrorDetails = {}): HdError {
  if (isHdError(value) && isSound(value)) return inFile(value, details.file)
  return new HdError(code, `${what}: ${errorMessage(value)}`, { ...details, cause: canBeShown(value) ? value : undefined })
}

/** Whether a value may become the `cause` of an error. Printing the error prints the cause, whose getters may throw. */
function canBeShown(value: unknown): boolean {
  if (types.isProxy(value)) return false
  try {
    const { message, stack } = (value ?? {}) as Partial<Error>
    return `${message}${stack}`.length + inspect(value).length <= MAX_CAUSE
  } catch {
    return false
  }
}

/** Whether the fields of a foreign error can be read without throwing, and have the expected types. */
function isSound(error: HdError): boolean {
  if (types.isProxy(error)) return false
  try {
    const { code, message, file, remedy, told, docs } = error
    return (
      isText(code, 100) &&
      // With its remedy.
      isText(message, 2 * MAX_MESSAGE + 10) &&
      (file === undefined || isText(file, Infinity)) &&
      (remedy === undefined || isText(remedy, Infinity)) &&
      (docs === undefined || isText(docs, MAX_MESSAGE)) &&
      (told === undefined || typeof told === 'boolean')
    )
  } catch {
    return false
  }
}

function isText(text: unknown, most: number): boolean {
  return typeof text === 'string' && text.length <= most
}

/**
 * The error with its image named: itself when it names one already, otherwise a copy, because one error may be thrown
 * for many images (a runtime that could not be started).
 */
export function inFile(error: HdError, file: string | undefined): HdError {
  return error.file !== undefined || file === undefined ? error : ofFile(error, file)
}

/** A copy of the error that names this file instead of its own. */
export function ofFile(error: HdError, file: string | undefined): HdError {
  const { stack } = error
  // The properties of a frozen error cannot be changed on the copy, so they are prepared first.
  const own = Object.fromEntries(
    Object.entries(Object.getOwnPropertyDescriptors(error)).map(([key, each]) => [key, { ...each, configurable: true }]),
  )
  return Object.create(Object.getPrototypeOf(error) as object, {
    ...own,
    file: { value: file, writable: true, enumerable: true, configurable: true },
    // Since Node 24 `stack` is an accessor that works only on the error it was created for.
    stack: { value: stack, writable: true, configurable: true },
  }) as HdError
}

/**
 * One line: `file: message (CODE)`, without the file if there is none.
 * @param file in place of the error's own; `null` for none
 */
export function formatError(error: HdError, file: string | null = error.file ?? null): string {
  const text = `${visible(error.message).replace(/\.$/, '')} (${visible(error.code)})`
  return file === null ? text : `${visible(file)}: ${text}`
}

/** A text about an error, and below it the address of the page about it, if there is one. */
export function withDocs(text: string, { docs }: Pick<HdError, 'docs'>): string {
  return docs === undefined ? text : `${text}\nSee ${visible(docs)}`
}

/** The message of any thrown value, in one line. Never throws. */
export function errorMessage(value: unknown): string {
  const words = bounded(wordsOf(value), MAX_WORDS)
  return visible(words.trim().replace(/\s*\n\s*/g, '; '))
}

function wordsOf(value: unknown): string {
  try {
    const { message } = (value ?? {}) as { message?: unknown }
    return typeof message === 'string' && typeof value === 'object' ? message : String(value)
  } catch {
    return 'an error that cannot be read'
  }
}

import type { ImageState, InspectedImage, InspectedVariant } from '../../src/inspector/data.ts'
import { formatBytes, formatTime } from '../../src/progress/units.ts'

/** What states are called, the ones that want attention first. */
export const STATES: Readonly<Record<ImageState, string>> = {
  failed: 'failed',
  making: 'being made',
  waiting: 'waiting',
  missing: 'not made yet',
  made: 'made',
  encoded: 'encoded from the cache',
  cached: 'cached',
  off: 'left at 1x',
}

const ORDER = Object.keys(STATES)

export const SORTS = {
  name: 'name',
  state: 'state',
  pixels: 'pixels, most first',
  bytes: 'bytes, most first',
  growth: 'growth of bytes, most first',
  time: 'time, longest first',
} as const

export type Sort = keyof typeof SORTS

export interface Choice {
  /** Words that an image, its facts or its uses must have. */
  words: string
  state: ImageState | 'all'
  sort: Sort
}

const COLLATOR = new Intl.Collator('en', { numeric: true })

/** The images that are to be shown, in their order. */
export function choose(images: Iterable<InspectedImage>, { words, state, sort }: Choice): InspectedImage[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return [...images]
    .filter((image) => (state === 'all' || image.state === state) && wanted.every((word) => textOf(image).includes(word)))
    .toSorted((a, b) => rank(b, sort) - rank(a, sort) || COLLATOR.compare(a.name, b.name))
}

/** Whatever of an image one may look for. */
function textOf({ name, state, variants, uses, problems }: InspectedImage): string {
  const facts = variants.flatMap(({ format, upscaler = '', factor, fallback }) => [
    format,
    upscaler,
    `${factor}x`,
    fallback ? 'fallback' : '',
  ])
  const places = uses.flatMap(({ text, reference }) => [text, reference])
  return [name, STATES[state], ...facts, ...places, ...problems].join('\n').toLowerCase()
}

function rank(image: InspectedImage, sort: Sort): number {
  const { source, variants, state } = image
  switch (sort) {
    case 'name':
      return 0
    case 'state':
      return -ORDER.indexOf(state)
    case 'pixels':
      return source ? source.width * source.height : 0
    case 'bytes':
      return bytesOf(variants)
    case 'growth':
      return source ? bytesOf(variants) / source.bytes : 0
    case 'time':
      return variants.reduce((sum, { ms = 0 }) => sum + ms, 0)
  }
}

export function bytesOf(variants: readonly InspectedVariant[]): number {
  return variants.reduce((sum, { bytes = 0 }) => sum + bytes, 0)
}

/** `being made, 42 %` */
export function stateText({ state, fraction }: InspectedImage): string {
  return fraction === undefined ? STATES[state] : `${STATES[state]}, ${Math.round(100 * fraction)} %`
}

/** `2x webp, quality 80`, `480 px avif` */
export function variantText({ factor, requestedWidth, format, quality }: InspectedVariant): string {
  return `${requestedWidth === undefined ? `${factor}x` : `${requestedWidth} px`} ${format}${quality === undefined ? '' : `, quality ${quality}`}`
}

/** `640×427 → 1280×854, 36.0 kB → 94.2 kB` */
export function sizeText({ source, variants }: InspectedImage): string {
  if (!source) return 'cannot be read'
  const largest = variants.reduce<InspectedVariant | undefined>(
    (best, each) => (best && best.width >= each.width ? best : each),
    undefined,
  )
  const bytes = bytesOf(variants)
  const pixels = `${source.width}×${source.height}${largest ? ` → ${largest.width}×${largest.height}` : ''}`
  return `${pixels}, ${formatBytes(source.bytes)}${bytes > 0 ? ` → ${formatBytes(bytes)}` : ''}`
}

/** `jpeg, webp by neural, 1.3 s` */
export function makingText({ variants }: InspectedImage): string {
  const formats = [...new Set(variants.map(({ format }) => format))].join(', ')
  const upscalers = [...new Set(variants.flatMap(({ upscaler }) => upscaler ?? []))].join(', ')
  const ms = variants.reduce((sum, each) => sum + (each.ms ?? 0), 0)
  return `${formats}${upscalers ? ` by ${upscalers}` : ''}${ms > 0 ? `, ${formatTime(ms)}` : ''}`
}

/** How many images there are, in all and by state, and how many bytes. */
export function summaryOf(shown: readonly InspectedImage[], all: number): string {
  const counts = ORDER.flatMap((state) => {
    const number = shown.filter((image) => image.state === state).length
    return number === 0 ? [] : [`${number} ${STATES[state as ImageState]}`]
  })
  const before = shown.reduce((sum, { source }) => sum + (source?.bytes ?? 0), 0)
  const after = shown.reduce((sum, { variants }) => sum + bytesOf(variants), 0)
  const metered = shown.reduce((sum, each) => sum + each.metered, 0)
  const number = shown.length === all ? `${all}` : `${shown.length} of ${all}`
  return [
    `${number} ${all === 1 ? 'image' : 'images'}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`,
    `${formatBytes(before)} → ${formatBytes(after)}`,
    ...(metered > 0 ? [`${metered} metered calls`] : []),
  ].join('; ')
}

import type { InspectedImage, Use } from '../../src/inspector/data.ts'
import type { Changes } from '../../src/inspector/changes.ts'
import type { PageData } from '../../src/inspector/report.ts'
import type { Viewed } from '../shared/viewer.ts'
import { variantText } from './model.ts'

/** Where the page has its images from. */
export interface Source {
  title: string
  /** Calls `onChanges` with all images, and with what changes. `onLost` says whether the server can be reached. */
  begin(onChanges: (changes: Changes) => void, onLost: (isLost: boolean) => void): void
  /** A small view of an image; `undefined` when there is none. */
  thumbnail(image: InspectedImage): string | undefined
  /** What the viewer shows; `undefined` when there is nothing to compare. */
  viewed(image: InspectedImage): Viewed | undefined
  /** Said above the viewer. */
  note(image: InspectedImage): string
  /** Of a dev server only. Resolve to what is to be announced. */
  actions?: {
    make(image: InspectedImage): Promise<string>
    open(use: Use): Promise<string>
  }
}

/** A dev server, which is below the address of the page. */
export function serverSource(): Source {
  return {
    title: 'Images of this project',
    begin(onChanges, onLost) {
      const events = new EventSource('api/events')
      events.addEventListener('message', ({ data }) => onChanges(JSON.parse(data as string) as Changes))
      events.addEventListener('open', () => onLost(false))
      events.addEventListener('error', () => onLost(true))
    },
    thumbnail: ({ url }) => url,
    viewed({ name, source, variants, url }) {
      const made = variants.flatMap((variant) =>
        variant.url === undefined ? [] : [{ label: variantText(variant), url: variant.url }],
      )
      if (!source || url === undefined || made.length === 0) return undefined
      return {
        name,
        width: source.width,
        height: source.height,
        versions: [{ label: `source, 1x ${source.format}`, url }, ...made],
      }
    },
    note: () => '',
    actions: {
      async make({ name }) {
        // Neither type nor method can be sent by a form or a link of another site.
        const headers = { 'Content-Type': 'application/json' }
        const answer = await request('api/make', { method: 'POST', headers, body: JSON.stringify({ name }) })
        return answer?.ok ? `${name} is being made` : (answer?.text() ?? UNREACHABLE)
      },
      async open({ text, file, line }) {
        const place = encodeURIComponent(line === undefined ? file! : `${file}:${line}`)
        const answer = await request(`../__open-in-editor?file=${place}`)
        return answer?.ok ? `${text} is open in the editor` : `${text} cannot be opened in the editor`
      },
    },
  }
}

const UNREACHABLE = 'The server cannot be reached'

/** `undefined` when there is no answer. */
function request(address: string, options?: RequestInit): Promise<Response | undefined> {
  return fetch(address, options).catch(() => undefined)
}

/** The data in the page itself. */
export function reportSource({ report, details: all }: PageData): Source {
  const details = new Map(report.images.map(({ name }, index) => [name, all[index]]))
  return {
    title: 'Images of a build',
    begin: (onChanges) => onChanges({ all: true, images: report.images, gone: [], isComplete: true, problems: report.problems }),
    thumbnail: ({ name }) => details.get(name)?.before,
    viewed({ name }) {
      const detail = details.get(name)
      if (!detail) return undefined
      const { width, height, label, before, after } = detail
      return {
        name,
        width,
        height,
        versions: [
          { label: 'source, 1x', url: before },
          { label, url: after },
        ],
      }
    },
    note({ name, source }) {
      const detail = details.get(name)
      if (!detail) return 'This report has no part of the image.'
      const isWhole = detail.width === source?.width && detail.height === source.height
      return isWhole ? '' : `The middle of the image: ${detail.width}×${detail.height} of its pixels.`
    },
  }
}

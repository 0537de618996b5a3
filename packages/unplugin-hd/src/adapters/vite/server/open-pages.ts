import type { DevEnvironment } from 'vite'
import { SHORT_LENGTH } from './address.ts'
import type { Swap } from './messages.ts'

/** The open pages, and the addresses that they show. */
export interface OpenPages {
  /** Records that an address is about to be answered. @param id of the real image, when the answer is a preview */
  showed(url: string, file: string, id?: string): void
  /** Tells pages that the real image is ready. */
  ready(id: string, key: string): void
  /** Tells pages that a source was edited. @param digest of its new content */
  edited(file: string, digest: string): void
  /** True when a page may show an image of this source. */
  showsFile(file: string): boolean
}

/** When more addresses were shown, the oldest are forgotten. */
const MAX_ADDRESSES = 2000

/** A page sends its age; this allows for the time the message takes. */
const GRACE_MS = 5000

interface Shown {
  file: string
  id: string | undefined
  /** Milliseconds since 1970. */
  at: number
  /** The token that pages were told to ask with. */
  token: string | undefined
}

/** Talks to pages through Vite's connection to them. */
export function createOpenPages({ hot }: Pick<DevEnvironment, 'hot'>): OpenPages {
  /** By address, without a token. */
  const shown = new Map<string, Shown>()

  const tell = (token: string, isConcerned: (address: Shown) => boolean): void => {
    const swaps: Swap[] = []
    for (const [url, address] of shown) {
      if (!isConcerned(address)) continue
      Object.assign(address, { token, at: Date.now() })
      swaps.push({ url, token })
    }
    if (swaps.length > 0) hot.send('unplugin-hd:swap', swaps)
  }

  // Images may have become ready before the page was connected.
  hot.on('unplugin-hd:connect', (data: unknown, client) => {
    const since = Date.now() - ageIn(data) - GRACE_MS
    const swaps = [...shown].flatMap(([url, { at, token }]) => (token !== undefined && at >= since ? [{ url, token }] : []))
    if (swaps.length > 0) client.send('unplugin-hd:swap', swaps)
  })

  return {
    showed(url, file, id) {
      const plain = withoutToken(url)
      const before = shown.get(plain)
      // Deleted first, because a map keeps the place of a known key.
      shown.delete(plain)
      shown.set(plain, { file, id: id ?? before?.id, at: Date.now(), token: id === undefined ? before?.token : undefined })
      if (shown.size > MAX_ADDRESSES) shown.delete(shown.keys().next().value!)
    },
    ready: (id, key) => tell(key.slice(0, SHORT_LENGTH), (address) => address.id === id),
    edited: (file, digest) => tell(digest.slice(0, SHORT_LENGTH), (address) => address.file === file),
    showsFile: (file) => [...shown.values()].some((address) => address.file === file),
  }
}

/** Milliseconds since a page was opened. Any client may have sent the message. */
function ageIn(data: unknown): number {
  const { age }: Partial<Record<string, unknown>> = Object(data)
  return typeof age === 'number' ? age : 0
}

function withoutToken(url: string): string {
  return url.replace(/&t=[^&#]*/g, '').replace(/\?t=[^&#]*&/, '?')
}

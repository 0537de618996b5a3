import type { DevEnvironment } from 'vite'
import { SHORT } from './address.ts'
import type { Swap } from './messages.ts'

/** The open pages, and what they show. */
export interface Pages {
  /** An address is about to be answered. @param id of the real image, when the answer is a preview of it */
  shows(url: string, file: string, id?: string): void
  /** The real image is there. */
  ready(id: string, key: string): void
  /** A file was edited: pages ask again for what they show of it. */
  edited(file: string, version: string): void
  /** Whether a page may show something of this file. */
  showsFile(file: string): boolean
}

/** Addresses that are remembered; beyond them the oldest are forgotten. */
const MAX_ADDRESSES = 2000

/** A page tells its age, but not how long that took to get here. */
const GRACE_MS = 5000

interface Shown {
  file: string
  id: string | undefined
  /** Milliseconds since 1970. */
  at: number
  /** What pages were told to ask for instead. */
  token: string | undefined
}

/** Tells pages what to show instead of what they show, by Vite's connection to them. */
export function createPages({ hot }: Pick<DevEnvironment, 'hot'>): Pages {
  /** By the address that the browser asked for, without a token. */
  const shown = new Map<string, Shown>()

  const tell = (token: string, concerns: (address: Shown) => boolean): void => {
    const swaps: Swap[] = []
    for (const [url, address] of shown) {
      if (!concerns(address)) continue
      Object.assign(address, { token, at: Date.now() })
      swaps.push({ url, token })
    }
    if (swaps.length > 0) hot.send('unplugin-hd:swap', swaps)
  }

  // What became ready before the page was connected.
  hot.on('unplugin-hd:connect', (data: unknown, client) => {
    // Whatever is connected may have sent it.
    const { age = 0 } = Object(data) as { age?: number }
    const since = Date.now() - age - GRACE_MS
    const swaps = [...shown].flatMap(([url, { at, token }]) => (token !== undefined && at >= since ? [{ url, token }] : []))
    if (swaps.length > 0) client.send('unplugin-hd:swap', swaps)
  })

  return {
    shows(url, file, id) {
      const plain = withoutToken(url)
      const before = shown.get(plain)
      // Last come, last forgotten.
      shown.delete(plain)
      shown.set(plain, { file, id: id ?? before?.id, at: Date.now(), token: id === undefined ? before?.token : undefined })
      if (shown.size > MAX_ADDRESSES) shown.delete(shown.keys().next().value!)
    },
    ready: (id, key) => tell(key.slice(0, SHORT), (address) => address.id === id),
    edited: (file, version) => tell(version.slice(0, SHORT), (address) => address.file === file),
    showsFile: (file) => [...shown.values()].some((address) => address.file === file),
  }
}

function withoutToken(url: string): string {
  return url.replace(/&t=[^&#]*/g, '').replace(/\?t=[^&#]*&/, '?')
}

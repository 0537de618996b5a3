import type { Image } from './address.ts'

/**
 * The encodings (format, quality, scale) of one image that a dev server makes. Any page can ask it for any quality, and each
 * would cost time and a file; no project needs as many.
 */
export const MAX_ENCODINGS = 32

/** Counts which encodings of each image were asked for. */
export interface Encodings {
  /** False for one more than is made. */
  admit(file: string, image: Image): boolean
}

export function createEncodings(): Encodings {
  const asked = new Map<string, Set<string>>()
  return {
    admit(file, { format, quality, scale }) {
      const encodings = asked.get(file) ?? new Set()
      asked.set(file, encodings)
      const name = `${scale} ${format} ${quality}`
      if (!encodings.has(name) && encodings.size >= MAX_ENCODINGS) return false
      encodings.add(name)
      return true
    },
  }
}

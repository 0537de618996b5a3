import type { ImageVariant } from './address.ts'

/**
 * How many encodings (format, quality, scale, width) of one image a dev server makes. A page can ask for any quality, and each costs time
 * and a file. No project needs as many.
 */
export const MAX_ENCODINGS = 64

/** The requested encodings of each image. */
export interface Encodings {
  /** False for an encoding beyond {@link MAX_ENCODINGS}. @param file absolute path of the source */
  admit(file: string, variant: ImageVariant): boolean
}

export function createEncodings(): Encodings {
  const asked = new Map<string, Set<string>>()
  return {
    admit(file, { format, quality, scale, width }) {
      const encodings = asked.get(file) ?? new Set()
      asked.set(file, encodings)
      const name = `${scale} ${width} ${format} ${quality}`
      if (!encodings.has(name) && encodings.size >= MAX_ENCODINGS) return false
      encodings.add(name)
      return true
    },
  }
}

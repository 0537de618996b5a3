import { plainSize } from './plain-header.ts'
import { fromFile } from '../sharp.ts'
import { sniffFormat } from '../source/signature.ts'
import type { SourceFormat } from '../request/format.ts'

export interface ImageHeader {
  format: SourceFormat
  /** Upright, in pixels. */
  width: number
  height: number
}

/** What the header of a file says, without decoding pixels. `undefined` for anything but a single image. */
export async function readImageHeader(bytes: Uint8Array): Promise<ImageHeader | undefined> {
  try {
    const format = sniffFormat(bytes, '')
    const plain = plainSize(bytes, format)
    if (plain) return { format, ...plain }
    const { autoOrient, pages = 1 } = await (await fromFile(bytes)).metadata()
    return pages === 1 ? { format, width: autoOrient.width, height: autoOrient.height } : undefined
  } catch {
    return undefined
  }
}

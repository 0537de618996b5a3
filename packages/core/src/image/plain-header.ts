import type { SourceFormat } from '../request/format.ts'

interface Size {
  /** In pixels. */
  width: number
  height: number
}

/**
 * The size in the header of a JPEG, PNG or WebP without metadata that could turn it, which most images are. It takes microseconds,
 * and no library has to be loaded. `undefined` for all others, and for headers that are not quite regular.
 */
export function plainSize(bytes: Uint8Array, format: SourceFormat): Size | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const size = READERS[format]?.(view)
    return size && size.width > 0 && size.height > 0 ? size : undefined
  } catch (error) {
    // The file ends within its header.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const READERS: Partial<Record<SourceFormat, (view: DataView) => Size | undefined>> = { jpeg, png, webp }

/** ITU T.81, annex B: segments up to the first that describes a frame. */
function jpeg(view: DataView): Size | undefined {
  for (let at = 2; view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1)
    // Exif has the orientation, and stands in APP1.
    if (marker < 0xc0 || marker === 0xe1 || (marker >= 0xd0 && marker <= 0xda)) return undefined
    const isFrame = marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

const IHDR = 0x49484452
const EXIF_CHUNK = 0x65584966
const IEND = 0x49454e44

/** PNG specification: `IHDR` comes first, `eXIf` anywhere. */
function png(view: DataView): Size | undefined {
  if (view.getUint32(12) !== IHDR) return undefined
  for (let at = 8; ; at += 12 + view.getUint32(at)) {
    const type = view.getUint32(at + 4)
    if (type === EXIF_CHUNK) return undefined
    if (type === IEND) return { width: view.getUint32(16), height: view.getUint32(20) }
  }
}

const VP8 = 0x56503820
const VP8L = 0x5650384c
const VP8X = 0x56503858

/** WebP container specification: lossy, lossless, or extended. */
function webp(view: DataView): Size | undefined {
  switch (view.getUint32(12)) {
    case VP8:
      // After the frame tag comes the start code of a key frame.
      if (view.getUint8(23) !== 0x9d || view.getUint8(24) !== 0x01 || view.getUint8(25) !== 0x2a) return undefined
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    case VP8L: {
      const bits = view.getUint32(21, true)
      return view.getUint8(20) === 0x2f ? { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 } : undefined
    }
    case VP8X: {
      const isTurnedOrMoves = (view.getUint8(20) & 0b1010) !== 0
      return isTurnedOrMoves ? undefined : { width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 }
    }
    default:
      return undefined
  }
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
}

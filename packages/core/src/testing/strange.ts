import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { colourful, encodedImage } from './images.ts'

/** A file of ISO/IEC 14496-12 that begins with these brands. */
export function isoMedia(major: string, ...compatible: string[]): Buffer {
  const box = Buffer.alloc(16 + 4 * compatible.length)
  box.writeUInt32BE(box.length)
  box.write(`ftyp${major}\0\0\0\0${compatible.join('')}`, 4, 'latin1')
  return Buffer.concat([box, Buffer.alloc(100)])
}

/** A PNG with an `acTL` chunk that declares this many frames. */
export async function animatedPng(count: number): Promise<Buffer> {
  const png = await encodedImage(colourful(6, 4), 6, 4).png().toBuffer()
  const control = Buffer.alloc(8)
  control.writeUInt32BE(count)
  const afterHeader = 8 + 25
  return Buffer.concat([png.subarray(0, afterHeader), chunk('acTL', control), png.subarray(afterHeader)])
}

/** A PNG whose header declares this size, without image data. */
export function claimingPng(width: number, height: number): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(20)),
    chunk('IEND'),
  ])
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** Two frames (or pages) in one file. */
export async function frames(format: 'gif' | 'webp' | 'tiff'): Promise<Buffer> {
  const pages = [colourful(8, 6), colourful(8, 6).map((level) => 255 - level)].map((data) =>
    encodedImage(data, 8, 6).png().toBuffer(),
  )
  return sharp(await Promise.all(pages), { join: { animated: true } })
    .toFormat(format)
    .toBuffer()
}

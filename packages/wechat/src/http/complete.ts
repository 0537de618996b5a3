/** Some writers append bytes of their own; WeChat's are not known to, so this is ample. */
const TRAILER_BYTES = 1024

/**
 * False when a JPEG, PNG or WebP ends before its end. Headers cannot tell: an answer may be chunked, or cut by a gateway that
 * then counts what is left.
 */
export function isComplete(image: Buffer): boolean {
  const head = image.toString('latin1', 0, 4)
  const tail = image.subarray(-TRAILER_BYTES)
  // Within the pixels of a JPEG the byte FF is followed by 00, so this marker is the end of the image.
  if (head.startsWith('\xff\xd8')) return tail.includes(Buffer.from([0xff, 0xd9]))
  if (head === '\x89PNG') return tail.includes('IEND')
  if (head === 'RIFF') return image.length >= 8 && image.length >= image.readUInt32LE(4) + 8
  return true
}

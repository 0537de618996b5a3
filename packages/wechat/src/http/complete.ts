/** Some encoders append extra bytes; WeChat's are not known to, so this is ample. */
const TRAILER_BYTES = 1024

/**
 * False if a JPEG, PNG or WebP is truncated. Content-Length does not show it: an answer may be chunked, or truncated by a gateway
 * that sets the header afterwards.
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

import type { IncomingMessage } from 'node:http'

/** Most bytes of a body, well above WeChat's own limit for images. */
const MAX_BYTES = 16 * 1024 * 1024

/** The body, or why there is none: it is larger than 16 MiB, or the caller hung up in the middle of it. */
export async function readBody(message: IncomingMessage): Promise<Buffer | 'too-large' | 'gone'> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of message.iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length
      if (length > MAX_BYTES) return 'too-large'
      chunks.push(chunk as Buffer)
    }
  } catch {
    return 'gone'
  }
  return Buffer.concat(chunks)
}

import type { IncomingMessage } from 'node:http'

/** The maximum size of a body, in bytes: well above WeChat's limit for images. */
const MAX_BYTES = 16 * 1024 * 1024

/** The body, or why it was not read: it exceeds 16 MiB, or the caller disconnected. */
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

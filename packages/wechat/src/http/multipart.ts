import FormData from 'form-data'

export type WechatFormat = 'jpeg' | 'png'

const FACTS: Record<WechatFormat, { filename: string; contentType: string }> = {
  jpeg: { filename: 'image.jpg', contentType: 'image/jpeg' },
  png: { filename: 'image.png', contentType: 'image/png' },
}

/**
 * The body of an upload as one buffer, so that its length is known (WeChat answers HTTP 412 to a chunked body) and a retry can
 * send it again. Without a filename WeChat does not recognize the file (41005); ours is plain ASCII and reveals nothing.
 */
export function multipart(data: Uint8Array, format: WechatFormat): { body: Buffer; contentType: string } {
  const form = new FormData()
  // A view of the same memory: form-data takes a Buffer, not a Uint8Array.
  const file = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  form.append('img', file, { ...FACTS[format], knownLength: file.length })
  const body = form.getBuffer()
  return { body, contentType: `multipart/form-data; boundary=${form.getBoundary()}` }
}

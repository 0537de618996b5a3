import { once } from 'node:events'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import { Refusal } from './errcodes.ts'

/**
 * The file in the field `img` of a multipart body. As strict as callers found WeChat: a part that has no filename, another
 * name, or a body that ends before its closing boundary is "media data missing".
 * @throws Refusal 41005
 */
export async function imageField(body: Uint8Array, contentType: string): Promise<Buffer> {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) throw new Refusal(41005)
  let found: Buffer | undefined
  try {
    const parser = new Busboy({
      headers: { 'content-type': contentType } satisfies BusboyHeaders,
      // Otherwise a part with a Content-Type and no filename would count as a file.
      isPartAFile: (_field, _type, filename) => filename !== undefined,
      limits: { files: 16, fields: 16 },
    })
    parser.on('file', (field, stream) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', ignore)
      stream.on('end', () => {
        if (field === 'img') found ??= Buffer.concat(chunks)
      })
    })
    parser.on('error', ignore)
    const finished = once(parser, 'finish')
    parser.end(body)
    await finished
  } catch {
    throw new Refusal(41005)
  }
  if (!found) throw new Refusal(41005)
  return found
}

/**
 * A body that stops inside of a part is an error of the parser, which `once` hears, and then of the part and sometimes of the
 * parser again; unheard, those would end the process.
 */
function ignore(): void {}

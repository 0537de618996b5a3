import { once } from 'node:events'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import { Refusal } from './errcodes.ts'

/**
 * The file in the field `img` of a multipart body. As strict as WeChat, according to callers: a part without a filename or with
 * another name, or a body without its closing boundary, is "media data missing".
 * @throws Refusal 41005
 */
export async function imageField(body: Uint8Array, contentType: string): Promise<Buffer> {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) throw new Refusal(41005)
  let found: Buffer | undefined
  try {
    const parser = new Busboy({
      headers: { 'content-type': contentType } satisfies BusboyHeaders,
      // By default a part with a Content-Type and no filename counts as a file.
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
 * For a body that stops inside a part, the parser emits an error, which `once` catches, then the part emits one and sometimes the
 * parser again. Without a listener those would crash the process.
 */
function ignore(): void {}

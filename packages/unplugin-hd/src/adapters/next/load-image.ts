import path from 'node:path'
import { unprocessedMessage } from '../../unprocessed/find.ts'
import type { Session } from '../../session/session.ts'
import { makersOf } from '../../shape/makers.ts'
import { dataUrl } from '../data-url.ts'
import { loadThrough, makeThrough, type Asked, type LoadPort } from '../load.ts'
import { bytesSpecifier, parseBytesQuery } from './bytes-request.ts'
import { searchedOrigin } from './searched-origin.ts'
import { namesShape, staticImage } from './static-image.ts'

/**
 * What Turbopack makes of an image: the module that gives the value of an import, or the bytes of one of its files.
 * @param file absolute path @param query of the import, or of a specifier from `bytesSpecifier`
 * @throws Error like `session.load`
 */
export async function loadImage(session: Session, file: string, query: string, content: Buffer): Promise<Buffer | string> {
  const bytes = parseBytesQuery(query)
  const id = file + (bytes?.query ?? query)
  const origin = searchedOrigin(session.hd.options.root, file, bytes?.query ?? query)
  const name = path.basename(file)
  if (!session.shouldTransform(id)) {
    session.warn(unprocessedMessage(origin.reference, (await origin.where())?.text ?? 'a module', true))
    return bytes ? content : `export { default } from ${JSON.stringify(`./${name}`)}\n`
  }
  const asked: Asked = { ...(await session.parse(id, origin)), origin }
  const { request } = asked
  // The image is the resource of the module, so it is already watched. Turbopack tells of no end of the build, but collects errors.
  const port: LoadPort = { watch: () => undefined, makers: makersOf(session.hd) }
  if (bytes) {
    if (session.stub) return content
    const { parts } = await makeThrough(port, session, asked)
    return Buffer.from(parts[bytes.index]!.asset.bytes)
  }
  const { code } = await loadThrough(
    {
      ...port,
      emit: ({ part, index, delivery }) =>
        delivery === 'inline'
          ? { expression: dataUrl(part) }
          : { specifier: bytesSpecifier(`./${name}`, request, { index, extension: part.asset.extension }), property: 'src' },
    },
    session,
    asked,
    namesShape(query) ? undefined : staticImage(session, file),
  )
  return code
}

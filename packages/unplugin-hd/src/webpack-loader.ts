import type { LoaderContext } from 'webpack'
import { askedBy, loadThrough } from './adapters/load.ts'
import { partRequest } from './adapters/webpack/request.ts'
import { sessionOf } from './adapters/webpack/sessions.ts'
import type { Session } from './session/session.ts'

/** The loader takes bytes and gives bytes. */
export const raw = true

/**
 * The bytes of a 2x, or of one part of a shape; for every shape but a URL the module that puts its parts together. The
 * bundler has read the file already, but the session reads it again: it checks more than a bundler does.
 */
export default function hdLoader(this: LoaderContext<unknown>): void {
  const callback = this.async()
  load(this).then((result) => callback(null, result), callback)
}

async function load(context: LoaderContext<unknown>): Promise<Buffer | string> {
  // oxlint-disable-next-line no-underscore-dangle -- the bundlers' name
  const session = sessionOf(context._compiler)
  try {
    return await make(context, session)
  } catch (error) {
    // The next build has to try again.
    context.cacheable(false)
    session.fail(error)
    // A value needs its export, and nobody looks at the bytes.
    return 'export default undefined'
  }
}

async function make(context: LoaderContext<unknown>, session: Session): Promise<Buffer | string> {
  const query = new URLSearchParams(typeof context.query === 'string' ? context.query.slice(1) : '')
  const reference = { loader: context.loaders[context.loaderIndex]!.path, key: query.get('key') ?? '' }
  const part = query.get('part')
  const asked = await askedBy(session, context.resourcePath + context.resourceQuery)
  const { code, shape } = await loadThrough(
    {
      emit: (file) => ({ specifier: partRequest(asked, file, reference) }),
      // The image is the resource of the module, so it is watched already.
      watch: () => undefined,
    },
    session,
    asked,
  )
  // The next build may get a better image.
  if (shape.parts.some(({ asset }) => 'provisional' in asset && asset.provisional)) context.cacheable(false)
  if (part === null && asked.request.as !== 'url') return code
  return Buffer.from(shape.parts[Number(part ?? 0)]!.asset.bytes)
}

import type { LoaderContext } from 'webpack'
import { askedBy, loadThrough, makeThrough } from './adapters/load.ts'
import { staticImage } from './adapters/next/static-image.ts'
import type { BundlerPort } from './adapters/port.ts'
import { partRequest } from './adapters/webpack/request.ts'
import { sessionOf } from './adapters/webpack/sessions.ts'
import type { Session } from './session/session.ts'
import type { Shape } from './shape/shape.ts'

/** The loader receives and returns bytes. */
export const raw = true

/**
 * Returns the bytes of one file, or, for shapes other than a URL, the module that combines its files. The session reads the source
 * again, although the bundler has read it, because it checks more.
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
    // Try again in the next build.
    context.cacheable(false)
    session.fail(error)
    // Only the exported value matters; the bytes are not used.
    return 'export default undefined'
  }
}

async function make(context: LoaderContext<unknown>, session: Session): Promise<Buffer | string> {
  const query = new URLSearchParams(typeof context.query === 'string' ? context.query.slice(1) : '')
  const reference = { loader: context.loaders[context.loaderIndex]!.path, key: query.get('key') ?? '' }
  const gives = query.get('gives')
  const asked = await askedBy(session, context.resourcePath + context.resourceQuery)
  if (gives === 'value' || gives === 'image') {
    const emit: BundlerPort['emit'] = (file) => ({ specifier: partRequest(asked, file, reference) })
    const toValue = gives === 'image' ? staticImage(session, asked.file) : undefined
    const { code, shape } = await loadThrough({ emit, watch }, session, asked, toValue)
    cacheIfFinal(context, shape)
    return code
  }
  const shape = await makeThrough({ watch }, session, asked)
  cacheIfFinal(context, shape)
  return Buffer.from(shape.parts[Number(query.get('part') ?? 0)]!.asset.bytes)
}

/** The image is the resource of the module, so it is already watched. */
function watch(): void {}

/** The next build may make a better image. */
function cacheIfFinal(context: LoaderContext<unknown>, { parts }: Shape): void {
  if (parts.some(({ asset }) => 'provisional' in asset && asset.provisional)) context.cacheable(false)
}

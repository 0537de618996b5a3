import type { LoaderContext } from 'webpack'
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
    // The next build is to try again.
    context.cacheable(false)
    session.fail(error)
    // A value needs its export, and nobody looks at the bytes.
    return 'export default undefined'
  }
}

async function make(context: LoaderContext<unknown>, session: Session): Promise<Buffer | string> {
  const query = new URLSearchParams(typeof context.query === 'string' ? context.query.slice(1) : '')
  const key = query.get('key') ?? ''
  const part = query.get('part')
  const { resourcePath, resourceQuery } = context
  const origin = session.origins.of(resourcePath + resourceQuery)
  const { request } = await session.parse(resourcePath + resourceQuery, origin)
  const { shape } = await session.load(resourcePath, request, origin)
  // A better one may be had next time.
  if (shape.parts.some(({ asset }) => 'provisional' in asset && asset.provisional)) context.cacheable(false)
  if (part !== null || request.as === 'url') return Buffer.from(shape.parts[Number(part ?? 0)]!.asset.bytes)

  const loader = context.loaders[context.loaderIndex]!.path
  const requests = shape.parts.map((one, index) => partRequest(resourcePath, resourceQuery, request, one, index, { loader, key }))
  const imports = requests.map((specifier, index) => `import url${index} from ${JSON.stringify(specifier)}`)
  return `${imports.join('\n')}\nexport default ${shape.expression(requests.map((_, index) => `url${index}`))}\n`
}

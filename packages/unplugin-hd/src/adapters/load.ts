import { HdError, type HdRequest } from '@unplugin-hd/core'
import { toBundlerError } from '../session/bundler-error.ts'
import type { Origin } from '../session/origin.ts'
import type { Session } from '../session/session.ts'
import type { Makers } from '../shape/makers.ts'
import type { Shape } from '../shape/shape.ts'
import type { BundlerPort, PartUrl } from './port.ts'

/** A resolved `?hd` import. */
export interface Asked {
  /** Absolute path of the source. */
  file: string
  request: HdRequest
  /** Where it is written, for errors. */
  origin: Origin | undefined
}

/** The module for an import. */
export interface LoadedModule {
  /** An ES module whose default export is the value of the import. */
  code: string
  shape: Shape
}

/** Parses a module id. @throws Error with `HD_QUERY` */
export async function askedBy(session: Session, id: string): Promise<Asked> {
  const origin = session.origins.of(id)
  return { ...(await session.parse(id, origin)), origin }
}

/** What loading needs of a bundler. */
export interface LoadPort extends Pick<BundlerPort, 'watch' | 'writesEarly'> {
  /** Other makers than those that report all misses of `cache-only` when the build ends. */
  makers?: Makers
}

/** Makes the images of an import. @throws Error like `session.load`, and where a bundler has to be stopped */
export async function makeThrough(port: LoadPort, session: Session, { file, request, origin }: Asked): Promise<Shape> {
  await refuseRest(request, origin)
  port.watch(file)
  const shape = await session.load(file, request, origin, port.makers)
  if (port.writesEarly) session.stopAtMiss()
  return shape
}

/** The shape for an import. With the option `stub` nothing is made, and the URLs are known. @throws Error like {@link makeThrough} */
export async function shapeThrough(
  port: LoadPort,
  session: Session,
  asked: Asked,
): Promise<{ shape: Shape; urls?: readonly string[] }> {
  const { file, request, origin } = asked
  if (!session.stub) return { shape: await makeThrough(port, session, asked) }
  await refuseRest(request, origin)
  port.watch(file)
  return session.stub(file, request, origin)
}

/**
 * Makes the images of an import, and the module that gives its value.
 * @param toValue a value of a framework's own instead of that of the shape
 * @throws Error like {@link makeThrough}
 */
export async function loadThrough(
  port: LoadPort & Pick<BundlerPort, 'emit'>,
  session: Session,
  asked: Asked,
  toValue: (shape: Shape) => Promise<Shape['expression']> = async (shape) => shape.expression,
): Promise<LoadedModule> {
  const { shape, urls: fixed } = await shapeThrough(port, session, asked)
  const valueOf = await toValue(shape)
  if (fixed) return { code: `export default ${valueOf(fixed.map((url) => JSON.stringify(url)))}\n`, shape }
  const { delivery } = asked.request
  const urls = shape.parts.map((part, index) => port.emit({ part, index, delivery }))
  const imports = urls.map((url, index) =>
    'specifier' in url ? `import ${nameOf(index)} from ${JSON.stringify(url.specifier)}\n` : '',
  )
  return { code: `${imports.join('')}export default ${valueOf(urls.map(expressionOf))}\n`, shape }
}

function expressionOf(url: PartUrl, index: number): string {
  if ('expression' in url) return url.expression
  return url.property === undefined ? nameOf(index) : `${nameOf(index)}.${url.property}`
}

function nameOf(index: number): string {
  return `url${index}`
}

/** Keys of other tools go with Vite only, where the enlarged file can be handed on to them. @throws Error with `HD_QUERY` */
async function refuseRest({ rest }: HdRequest, origin: Origin | undefined): Promise<void> {
  if (rest === undefined) return
  const error = new HdError('HD_QUERY', `'${rest}' is not for unplugin-hd, and 'as=asset' hands it on in Vite only`, {
    remedy: "Leave it out; 'as=url' takes 'format', 'quality' and 'w'",
  })
  throw toBundlerError(error, await origin?.where(), origin?.reference)
}

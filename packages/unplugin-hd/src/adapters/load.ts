import type { HdRequest } from '@unplugin-hd/core'
import type { Origin } from '../session/origin.ts'
import type { Session } from '../session/session.ts'
import type { Shape } from '../shape/shape.ts'
import type { BundlerPort, PartUrl } from './port.ts'

/** An import of ours, as it was resolved. */
export interface Asked {
  /** Absolute path of the source. */
  file: string
  request: HdRequest
  /** Where it is written, for errors. */
  origin: Origin | undefined
}

/** The module that stands for an import. */
export interface LoadedModule {
  /** An ES module whose default export is the value of the import. */
  code: string
  shape: Shape
}

/** What a module id asks for. @throws Error with `HD_QUERY` */
export async function askedBy(session: Session, id: string): Promise<Asked> {
  const origin = session.origins.of(id)
  return { ...(await session.parse(id, origin)), origin }
}

/** Makes the images of an import, and the module that gives its value. @throws Error like `session.load` */
export async function loadThrough(
  port: Pick<BundlerPort, 'emit' | 'watch'>,
  session: Session,
  { file, request, origin }: Asked,
): Promise<LoadedModule> {
  port.watch(file)
  const { shape } = await session.load(file, request, origin)
  const urls = shape.parts.map((part, index) => port.emit({ part, index, delivery: request.delivery }))
  const imports = urls.map((url, index) =>
    'specifier' in url ? `import ${nameOf(index)} from ${JSON.stringify(url.specifier)}\n` : '',
  )
  return { code: `${imports.join('')}export default ${shape.expression(urls.map(expressionOf))}\n`, shape }
}

function expressionOf(url: PartUrl, index: number): string {
  return 'expression' in url ? url.expression : nameOf(index)
}

function nameOf(index: number): string {
  return `url${index}`
}

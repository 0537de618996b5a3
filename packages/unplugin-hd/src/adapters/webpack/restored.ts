import path from 'node:path'
import { isHdId, parseRequest, relativePath } from '@unplugin-hd/core'
import type { Session } from '../../session/session.ts'
import type { Compilation } from './compiler.ts'
import { OWN_RE } from './request.ts'

/** Logs the images of modules that the bundler restored from its own cache, as Rspack does without calling a hook. */
export function logRestored({ images }: Session, { modules, moduleGraph }: Compilation): void {
  if (!images) return
  const { wishes } = images
  for (const module of modules) {
    const issuers = [...moduleGraph.getIncomingConnections(module)].flatMap(({ originModule }) =>
      originModule?.resource && !isHdId(originModule.resource) ? originModule.resource : [],
    )
    // A value and its parts may have become one module.
    for (const { resource, matchResource } of module.modules ?? [module]) {
      if (!resource || !isHdId(resource) || !OWN_RE.test(matchResource ?? '')) continue
      const [file, query] = resource.split('?', 2) as [string, string]
      if (wishes.has(file)) continue
      if (issuers.length === 0) images.asked(file, parseRequest(resource)!.request, undefined)
      for (const issuer of issuers) {
        const relative = relativePath(path.dirname(issuer), file)
        // An alias may be what is written; then only the file is known.
        images.imported(resource, issuer, `${relative.startsWith('.') ? '' : './'}${relative}?${query}`)
      }
    }
  }
}

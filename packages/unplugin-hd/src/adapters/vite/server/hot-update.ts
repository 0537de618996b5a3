import { HD_QUERY_RE } from '@unplugin-hd/core'
import type { ViteDevServer } from 'vite'

/** Sends a hot update to the modules that accept an import of this image. Never reloads the page: it swaps the image by itself. */
export function updateAcceptors({ environments: { client } }: ViteDevServer, file: string): void {
  const timestamp = Date.now()
  const modules = [...(client.moduleGraph.getModulesByFile(file) ?? [])].filter(({ url }) => HD_QUERY_RE.test(url))
  const updates = modules.flatMap((module) => {
    const acceptors = [...module.importers].filter((importer) => importer.acceptedHmrDeps.has(module))
    if (acceptors.length > 0) client.moduleGraph.invalidateModule(module, new Set(), timestamp, true)
    return acceptors.map(({ url }) => ({
      type: 'js-update' as const,
      timestamp,
      path: url,
      acceptedPath: module.url,
      explicitImportRequired: true,
    }))
  })
  if (updates.length > 0) client.hot.send({ type: 'update', updates })
}

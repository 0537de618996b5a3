import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Files of Vite in a stack trace. An alias may change the name of its folder, but not what is inside. */
const VITE_FRAME_RE = /(?:file:\/\/)?(?:[a-z]:)?[/\\][^():]*?(?=[/\\]dist[/\\]node[/\\])/gi

/**
 * The version of the Vite that runs a hook. Vite 7 and later say it; before, the stack trace leads to the package that calls the
 * hook, as a project may have several Vites.
 * @param meta of the hook's context
 */
export function viteVersion(meta: object | undefined): string | undefined {
  if (meta && 'viteVersion' in meta) return String(meta.viteVersion)
  // A plugin that wraps the hook has frames above those of Vite.
  for (const [folder] of (new Error('where').stack ?? '').matchAll(VITE_FRAME_RE)) {
    const version = versionIn(folder)
    if (version !== undefined) return version
  }
  return undefined
}

function versionIn(folder: string): string | undefined {
  try {
    const manifest = `${folder.startsWith('file:') ? fileURLToPath(folder) : folder}/package.json`
    const { name, version }: Partial<Record<string, unknown>> = Object(JSON.parse(readFileSync(manifest, 'utf8')))
    return name === 'vite' && typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Vite's own files, in a stack. Under pnpm or an alias its folder may be called otherwise, but not what is in it. */
const VITE_FRAME_RE = /(?:file:\/\/)?(?:[a-z]:)?[/\\][^():]*?(?=[/\\]dist[/\\]node[/\\])/gi

/**
 * The version of the Vite that runs a hook. From 7 on Vite tells; before, it is that of the package whose code is calling: the
 * project may have several.
 * @param meta of the hook's context
 */
export function viteVersion(meta: object | undefined): string | undefined {
  if (meta && 'viteVersion' in meta) return String(meta.viteVersion)
  // Vite's own frames lie below those of whoever wraps the hook.
  for (const [folder] of (new Error('where').stack ?? '').matchAll(VITE_FRAME_RE)) {
    const version = versionIn(folder)
    if (version !== undefined) return version
  }
  return undefined
}

function versionIn(folder: string): string | undefined {
  try {
    const manifest = `${folder.startsWith('file:') ? fileURLToPath(folder) : folder}/package.json`
    const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string; version?: string }
    return name === 'vite' ? version : undefined
  } catch {
    return undefined
  }
}

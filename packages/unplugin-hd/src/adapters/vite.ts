import { existsSync } from 'node:fs'
import path from 'node:path'
import { HD_QUERY_RE, type HdRequest } from '@unplugin-hd/core'
import type { Plugin, ResolvedConfig } from 'vite'
import type { HdOptions } from '../options.ts'
import { createSession, requestOf, type Session } from '../session.ts'
import type { Part, Shape } from '../shape.ts'
import { resolveHdId } from './resolve.ts'
import { warnOfSlipped } from './rollup-slipped.ts'
import { createDevAssets, type DevAssets } from './vite-dev.ts'

/**
 * The hooks for Vite. In a build the 2x becomes a file in the cache folder that a module imports with `?url`, so that Vite's
 * own asset handling (base, `renderBuiltUrl`, inline limit, library mode, SSR) does the rest, without any of its internals.
 */
export function viteHooks(options: HdOptions): Partial<Plugin> {
  let config: ResolvedConfig
  let session: Session
  let devAssets: DevAssets | undefined
  return {
    configResolved(resolved) {
      config = resolved
      session = createSession(options, {
        root: config.root,
        quiet: config.logLevel !== undefined && config.logLevel !== 'info',
        warn: (message) => config.logger.warn(`unplugin-hd: ${message}`),
      })
    },
    configureServer(server) {
      devAssets = createDevAssets(session.hd, config)
      server.middlewares.use(devAssets.middleware)
    },
    resolveId: {
      filter: { id: HD_QUERY_RE },
      async handler(id, importer) {
        if (!session.wants(id)) return null
        const resolved = await resolveHdId(this, id, importer)
        return resolved && inPublicDir(resolved, config.publicDir)
      },
    },
    load: {
      filter: { id: HD_QUERY_RE },
      async handler(id) {
        if (!session.wants(id)) return null
        const { file, request } = requestOf(id)
        this.addWatchFile(file)
        const { shape } = await session.load(file, request)
        const bind = async (part: Part): Promise<Binding> => {
          if (part.original) return { specifier: file }
          if (devAssets) return { url: await devAssets.urlOf(part.asset, part.name) }
          return { specifier: await session.hd.file(part.asset, fileName(part.name)) }
        }
        return {
          code: toModule(await Promise.all(shape.parts.map(bind)), shape, request),
          map: null,
          moduleSideEffects: false,
        }
      },
    },
    async buildEnd() {
      await session.end()
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        warnOfSlipped(bundle, (message) => config.logger.warn(`unplugin-hd: ${message}`))
      },
    },
  }
}

/** Where the URL of a part comes from: a file that Vite is to treat as an asset, or an address of the dev server. */
type Binding = { specifier: string } | { url: string }

function toModule(bindings: readonly Binding[], shape: Shape, { delivery }: HdRequest): string {
  const suffix = { auto: '?url', inline: '?url&inline', file: '?url&no-inline' }[delivery]
  const imports: string[] = []
  const urls = bindings.map((binding, index) => {
    if ('url' in binding) return JSON.stringify(binding.url)
    imports.push(`import url${index} from ${JSON.stringify(binding.specifier.replaceAll('\\', '/') + suffix)}`)
    return `url${index}`
  })
  return `${imports.join('\n')}\nexport default ${shape.expression(urls)}\n`
}

/** Vite resolves `/a.jpg` of the public folder to itself; the file is meant. */
function inPublicDir(id: string, publicDir: string): string {
  const mark = id.indexOf('?')
  const file = id.slice(0, mark)
  if (!publicDir || !file.startsWith('/') || existsSync(file)) return id
  const candidate = path.join(publicDir, file)
  const inside = candidate.startsWith(path.resolve(publicDir) + path.sep)
  return inside && existsSync(candidate) ? candidate.replaceAll('\\', '/') + id.slice(mark) : id
}

/** A name that can stand in an import specifier. */
function fileName(name: string): string {
  return name.replace(/[?#%]/g, '_')
}

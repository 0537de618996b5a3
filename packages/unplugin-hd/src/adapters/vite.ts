import { existsSync } from 'node:fs'
import path from 'node:path'
import { HD_QUERY_RE, type HdRequest } from '@unplugin-hd/core'
import type { Plugin, ResolvedConfig } from 'vite'
import type { HdOptions } from '../options.ts'
import { createSession, requestOf, type Session } from '../session.ts'
import type { Part, Shape } from '../shape.ts'
import { resolveImport, toModuleId } from './resolve.ts'
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

  const bind = async (part: Part, file: string): Promise<Binding> => {
    if (part.original) return { specifier: toSpecifier(file) }
    if (devAssets) return { url: await devAssets.urlOf(part.asset, part.name) }
    return { specifier: toSpecifier(await session.hd.file(part.asset, fileName(part.name))) }
  }

  return {
    configResolved(resolved) {
      config = resolved
      session = createSession(options, {
        root: config.root,
        quiet: config.logLevel !== undefined && config.logLevel !== 'info',
        warn: (message) => config.logger.warn(`unplugin-hd: ${message}`),
        sparing: config.command === 'serve',
      })
    },
    configureServer(server) {
      devAssets = createDevAssets(session.hd, config)
      server.middlewares.use(devAssets.middleware)
    },
    resolveId: {
      filter: { id: HD_QUERY_RE },
      async handler(id, importer) {
        const resolved = await resolveImport(this, session, id, importer, (file, specifier) => {
          return file === specifier ? inPublicDir(file, config.publicDir) : file
        })
        if (!resolved) return null
        const { file, request } = resolved
        if (request.as !== 'url' || devAssets || this.meta.watchMode) return toModuleId(resolved)
        // A URL needs no module between the import and the file: half the modules of a build with many pictures. While
        // watching there has to be one, because what an import resolved to is not asked again.
        const { shape } = await session.load(file, request)
        const binding = await bind(shape.parts[0]!, file)
        return 'specifier' in binding ? binding.specifier + ASSET_QUERY[request.delivery] : toModuleId(resolved)
      },
    },
    load: {
      filter: { id: HD_QUERY_RE },
      async handler(id) {
        if (!session.wants(id)) return null
        const { file, request } = requestOf(id)
        this.addWatchFile(file)
        const { shape } = await session.load(file, request)
        const bindings = await Promise.all(shape.parts.map((part) => bind(part, file)))
        return { code: toModule(bindings, shape, request), map: null, moduleSideEffects: false }
      },
    },
    async buildEnd(error) {
      // A dev server's build ends when the server does.
      await session.end(error !== undefined || devAssets !== undefined)
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

/** How Vite is told to treat a file as an asset, and whether to inline it. */
const ASSET_QUERY: Readonly<Record<HdRequest['delivery'], string>> = {
  auto: '?url',
  inline: '?url&inline',
  file: '?url&no-inline',
}

function toModule(bindings: readonly Binding[], shape: Shape, { delivery }: HdRequest): string {
  const imports: string[] = []
  const urls = bindings.map((binding, index) => {
    if ('url' in binding) return JSON.stringify(binding.url)
    imports.push(`import url${index} from ${JSON.stringify(binding.specifier + ASSET_QUERY[delivery])}`)
    return `url${index}`
  })
  return `${imports.join('\n')}\nexport default ${shape.expression(urls)}\n`
}

/** Vite resolves `/a.jpg` of the public folder to itself; the file is meant. */
function inPublicDir(file: string, publicDir: string): string {
  if (!publicDir || !file.startsWith('/') || existsSync(file)) return file
  const candidate = path.join(publicDir, file)
  const inside = candidate.startsWith(path.resolve(publicDir) + path.sep)
  return inside && existsSync(candidate) ? toSpecifier(candidate) : file
}

/** Vite writes paths with `/` on every system. */
function toSpecifier(file: string): string {
  return file.replaceAll('\\', '/')
}

/** A name that can stand in an import specifier. */
function fileName(name: string): string {
  return name.replace(/[?#%]/g, '_')
}

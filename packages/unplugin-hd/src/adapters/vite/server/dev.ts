import { HD_QUERY_RE, loadSharp } from '@unplugin-hd/core'
import type { Rollup, ViteDevServer } from 'vite'
import { toModuleId, type ResolvedImport } from '../../resolve.ts'
import { createAccess, type Access } from './access.ts'
import { transformCssInDev } from './css.ts'
import { createMiddlewares } from './middleware.ts'
import { createPages } from './pages.ts'
import { createImages } from './images.ts'
import { planShape } from './plan.ts'
import { toModule } from '../assets/module.ts'
import { toSpecifier } from '../paths.ts'
import type { Project } from '../project.ts'

/** The plugin's part of a dev server. */
export interface Dev {
  /** Resolves when the first image has nothing more to wait for; at once while nobody is served. */
  warm(): Promise<void>
  /** The id of a resolved `?hd` import. */
  resolve(resolved: ResolvedImport, importer: string | undefined): string
  /** The module of such an id; nothing when the file may not be served. */
  load(id: string): Promise<Rollup.SourceDescription | null>
  /** A stylesheet as Vite serves it. */
  transformCss(code: string, id: string): Promise<string | undefined>
  /** Answers the server's requests for images from now on, without waiting for one of them to be made. */
  serve(server: ViteDevServer): void
  /** To be called when Vite has set up its own middlewares. */
  addLastMiddleware(): void
  close(): void
}

/**
 * What modules and stylesheets are in a dev server: addresses, planned before anything is made. They are the same in every
 * compiler of the project, whether or not it is one that serves.
 */
export function createDev(project: Project): Dev {
  const { config, session } = project
  const access = createAccess(config)
  /** Who imports what an address asks for that somebody typed, as Vite has it. */
  const nobody = `${toSpecifier(config.root)}/index.html`
  let served: Served | undefined

  return {
    warm: async () => served?.warm,
    resolve(resolved, importer) {
      if (importer !== undefined && toSpecifier(importer) !== nobody) access.add(toSpecifier(resolved.file))
      return toModuleId(resolved)
    },
    async load(id) {
      const origin = session.origins.of(id)
      const { file, request } = await session.parse(id, origin)
      if (!(await access.allows(toSpecifier(file)))) return null
      const { shape, address } = await planShape(session, config, toSpecifier(file), request, origin)
      const bindings = shape.parts.map((part) => {
        const url = address(part)
        return url === undefined ? { specifier: toSpecifier(file) } : { url }
      })
      return { code: toModule(bindings, shape, request), map: null, moduleSideEffects: false }
    },
    transformCss: (code, id) => transformCssInDev(project, access, code, id),
    serve: (server) => void (served = serve(project, access, server)),
    addLastMiddleware: () => served?.addLastMiddleware(),
    close: () => served?.close(),
  }
}

interface Served extends Pick<Dev, 'addLastMiddleware' | 'close'> {
  warm: Promise<void>
}

function serve(project: Project, access: Access, server: ViteDevServer): Served {
  const { config, session, warn } = project
  // What work on images needs, so that the first one does not wait for it. Whoever needs it reports what is wrong.
  const warm = loadSharp().then(
    () => undefined,
    () => undefined,
  )
  void session.types?.update()
  const pages = createPages(server.environments.client)
  const images = createImages(
    session.hd,
    (id, key, file) => {
      pages.ready(id, key)
      updateAcceptors(server, file)
    },
    warn,
  )
  const root = `${toSpecifier(config.root)}/`
  // Vite itself watches what is below the root.
  const watch = (file: string): void => void (file.startsWith(root) || server.watcher.add(file))
  const { answer, miss } = createMiddlewares(project, { access, pages, images, watch })
  server.middlewares.use(answer)

  const onEdit = async (name: string): Promise<void> => {
    const file = toSpecifier(name)
    if (!pages.showsFile(file)) return
    // While it is written it may be none; then there is another event.
    const source = await session.hd.source(file).catch(() => undefined)
    if (source) pages.edited(file, source.digest)
  }
  server.watcher.on('change', (name) => void onEdit(name))
  server.watcher.on('add', (name) => void onEdit(name))
  return { warm, addLastMiddleware: () => void server.middlewares.use(miss), close: () => images.close() }
}

/** Modules that accept an import of the image want to be told when it is ready. Nothing else is: the page is not reloaded. */
function updateAcceptors({ environments: { client } }: ViteDevServer, file: string): void {
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

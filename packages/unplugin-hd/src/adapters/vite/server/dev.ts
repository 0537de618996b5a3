import { loadSharp } from '@unplugin-hd/core'
import { normalizePath } from 'unplugin-utils'
import type { ViteDevServer } from 'vite'
import type { Project } from '../project.ts'
import { createAccess, type Access } from './access.ts'
import { updateAcceptors } from './hot-update.ts'
import { createImages } from './images.ts'
import { createInspector } from './inspector.ts'
import { createMiddlewares } from './middleware.ts'
import { createOpenPages } from './open-pages.ts'

/**
 * The plugin's part of a dev server. Modules, stylesheets and pages name addresses, planned before anything is made; a compiler
 * of the project that does not serve gives the same ones.
 */
export interface Dev {
  /** Which files may be shown. */
  readonly access: Access
  /**
   * File and query of each `as=srcset` that became an `image-set()` of a stylesheet. Astro 6 and 7 also send the stylesheet as it was
   * before, and replace it at once.
   */
  readonly imageSets: Set<string>
  /** Resolves when sharp is loaded, so that the first image need not wait for it; at once for a compiler that does not serve. */
  warm(): Promise<void>
  /** Begins to answer the server's requests for images. */
  serve(server: ViteDevServer): void
  /** Handles requests that no other middleware handled. Call it after Vite has added its own middlewares. */
  addLastMiddleware(): void
  close(): void
}

export function createDev(project: Project): Dev {
  const access = createAccess(project.config)
  const imageSets = new Set<string>()
  let serving: Serving | undefined
  return {
    access,
    imageSets,
    warm: async () => serving?.warm,
    serve: (server) => void (serving = serve(project, { access, imageSets }, server)),
    addLastMiddleware: () => serving?.addLastMiddleware(),
    close: () => serving?.close(),
  }
}

interface Serving extends Pick<Dev, 'addLastMiddleware' | 'close'> {
  warm: Promise<void>
}

function serve(project: Project, { access, imageSets }: Pick<Dev, 'access' | 'imageSets'>, server: ViteDevServer): Serving {
  const { config, session, warn } = project
  // The first image that needs sharp reports why it cannot be loaded.
  const warm = loadSharp().then(
    () => undefined,
    () => undefined,
  )
  void session.types?.update()
  const pages = createOpenPages(server.environments.client)
  const images = createImages(session.hd, {
    warn,
    onReady(id, key, file) {
      pages.ready(id, key)
      updateAcceptors(server, file)
    },
    onWait: (file, change) => session.images?.waits(file, change),
  })
  const inspector = createInspector(project, { access, images, server })
  // Behind Vite's check of the host, as all middlewares of plugins.
  server.middlewares.use(inspector.answer)
  const root = `${normalizePath(config.root)}/`
  // Vite watches the root.
  const watch = (file: string): void => void (file.startsWith(root) || server.watcher.add(file))
  const { answer, miss } = createMiddlewares(project, { access, imageSets, pages, images, watch })
  server.middlewares.use(answer)

  const onEdit = async (name: string): Promise<void> => {
    const file = normalizePath(name)
    if (!pages.showsFile(file)) return
    // A file that is still being written may be no image yet; another event follows.
    const source = await session.hd.source(file).catch(() => undefined)
    if (source) pages.edited(file, source.digest)
  }
  server.watcher.on('change', (name) => void onEdit(name))
  server.watcher.on('add', (name) => void onEdit(name))
  return {
    warm,
    addLastMiddleware: () => void server.middlewares.use(miss),
    close() {
      images.close()
      inspector.close()
    },
  }
}

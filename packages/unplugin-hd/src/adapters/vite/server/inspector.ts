import path from 'node:path'
import { errorMessage, packageFolder } from '@unplugin-hd/core'
import { normalizePath } from 'unplugin-utils'
import type { ViteDevServer } from 'vite'
import type { Addresses } from '../../../inspector/addresses.ts'
import type { Handler } from '../../../inspector/handler.ts'
import type { Inspected } from '../../../inspector/inspect.ts'
import type { Project } from '../project.ts'
import type { Access } from './access.ts'
import { addressOf } from './address.ts'
import type { Images } from './images.ts'
import type { Middleware } from './middleware.ts'
import { refuse } from './respond.ts'

/** Below the base. */
export const INSPECTOR_PATH = '__hd/'

/** What browsers show in an `<img>`. */
const SHOWN: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'avif', 'gif'])

export interface InspectorContext {
  access: Access
  images: Images
  server: ViteDevServer
}

/** The page that shows all images of the project. Nothing of it is loaded before it is opened. */
export interface Inspector {
  answer: Middleware
  close(): void
}

export function createInspector(project: Project, context: InspectorContext): Inspector {
  const { base } = project.config
  let opening: Promise<Handler> | undefined
  let isClosed = false
  return {
    answer(request, response, next) {
      const [place = '', query] = (request.url ?? '/').split('?', 2)
      const found = pathBelow(place, base)
      if (found === undefined) return next()
      if (found === null) {
        // The page refers to what is beside it.
        response.writeHead(302, { Location: `${place}/${query === undefined ? '' : `?${query}`}` })
        return void response.end()
      }
      if (isClosed) return refuse(request, response, 503, 'The server is closing')
      opening ??= open(project, context)
      opening
        .then((handler) => handler.handle(found, request, response))
        .catch((error: unknown) => {
          opening = undefined
          refuse(request, response, 500, errorMessage(error))
        })
    },
    close() {
      isClosed = true
      opening?.then(
        (handler) => handler.close(),
        () => undefined,
      )
    },
  }
}

/** The part of an address below that of the inspector, `null` for its own without the slash. Some frameworks leave the base out. */
function pathBelow(place: string, base: string): string | null | undefined {
  for (const start of new Set([base, '/'])) {
    if (`${place}/` === start + INSPECTOR_PATH) return null
    if (place.startsWith(start + INSPECTOR_PATH)) return place.slice(start.length + INSPECTOR_PATH.length)
  }
  return undefined
}

async function open({ config, session }: Project, { access, images, server }: InspectorContext): Promise<Handler> {
  const [{ createHandler }, { createInspection }, { createResolver }] = await Promise.all([
    import('../../../inspector/handler.ts'),
    import('../../../inspector/inspection.ts'),
    import('../../../references/resolve.ts'),
  ])
  const { hd } = session
  const container = server.environments.client.pluginContainer
  const inspection = createInspection({
    hd,
    log: session.images!,
    root: config.root,
    folder: packageFolder(config.root) ?? config.root,
    accepts: (file) => session.shouldTransform(`${normalizePath(file)}?hd`),
    resolve: createResolver({
      root: config.root,
      publicFolder: config.publicDir || undefined,
      aliases: [],
      own: async (specifier, importer) => (await container.resolveId(specifier, normalizePath(importer)))?.id,
    }),
    async addressesOf(inspected, file) {
      const address = normalizePath(file)
      return (await access.allows(address)) ? addressesOf(inspected, address, config) : undefined
    },
  })
  const onFile = (file: string): void => inspection.changed(path.normalize(file))
  for (const event of ['change', 'add', 'unlink'] as const) server.watcher.on(event, onFile)
  const handler = createHandler({
    inspection,
    async make(name) {
      const found = inspection.find(name)
      if (!found) return 'There is no such image'
      if (hd.options.mode !== 'on') return `Nothing is made with mode: '${hd.options.mode}'`
      for (const { state, factor, requestedWidth, format, quality } of found.image.variants)
        if (state === 'missing' || state === 'failed')
          await images.make(normalizePath(found.wanted.file), { scale: factor, width: requestedWidth, format, quality })
      return undefined
    },
  })
  return {
    handle: handler.handle,
    close() {
      for (const event of ['change', 'add', 'unlink'] as const) server.watcher.off(event, onFile)
      handler.close()
    },
  }
}

/** On the origin of the page itself. */
function addressesOf({ source, variants }: Inspected, file: string, config: Project['config']): Addresses | undefined {
  if (!source) return undefined
  const place = { base: config.base, root: config.root, publicDir: config.publicDir, server: {} }
  const format = SHOWN.has(source.format) ? undefined : 'png'
  return {
    source: addressOf(place, file, { scale: 1, format }, source.digest),
    variants: variants.map(({ request: { factor, ...request }, asset, key }) =>
      asset === undefined || asset.isSource ? undefined : addressOf(place, file, { scale: factor, ...request }, key),
    ),
  }
}

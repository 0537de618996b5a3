import { HD_QUERY_RE } from '@unplugin-hd/core'
import type { Alias, Rollup } from 'vite'
import { makeReferencedImage } from '../assets/referenced-image.ts'
import { inPublicDir } from '../paths.ts'
import { whereIs, type Place } from '../place.ts'
import type { Project } from '../project.ts'
import type { ImageSets } from './image-sets.ts'

/**
 * Vite resolves the URLs in stylesheets by its aliases and its own resolver, without any plugin, and imported stylesheets and
 * partials pass no hook. An alias reaches all of them. This one answers stylesheets alone.
 * @param onImage called with the file of every image that is used
 */
export function styleAlias(project: Project, sets: ImageSets, onImage: (file: string) => void): Alias {
  const { session, config } = project
  async function resolveInStyle(
    this: Rollup.PluginContext,
    reference: string,
    importer: string | undefined,
  ): Promise<Rollup.PartialResolvedId | null> {
    const specifier = reference.split('?', 1)[0]!
    const resolved = await this.resolve(specifier, importer, { skipSelf: false })
    if (!resolved) return null
    const file = inPublicDir(resolved.id, config.publicDir)
    // Vite tries no further alias, so an excluded file is resolved here as without the plugin.
    const query = reference.slice(specifier.length)
    if (!session.shouldTransform(file + query)) return { ...resolved, id: resolved.id + query }
    // An import from a module is left to the `resolveId` hook. Only modules are known to the bundler.
    if (importer === undefined || this.getModuleInfo(importer) !== null) return null
    const where = async (): Promise<Place> => ({
      where: await whereIs(config.root, importer, reference),
      what: 'CSS',
      shapes: ['url', 'srcset'],
    })
    const image = await makeReferencedImage(project, where, file, reference)
    if (!image) return null
    onImage(file)
    const { files, shape } = image
    if (files.length === 1) return { id: files[0]! }
    return { id: await sets.markerFor(project.assets, { files, parts: shape.parts, reference, ...(await where()) }) }
  }
  // @ts-expect-error -- Vite's type allows no promise, but every version awaits the result
  return { find: HD_QUERY_RE, replacement: '$&', customResolver: resolveInStyle }
}

/** Puts our alias before those of the user, once: in watch mode several builds share the list. */
export function addAlias(aliases: Alias[], ours: Alias): void {
  const present = aliases.findIndex(({ find }) => find === HD_QUERY_RE)
  aliases.splice(Math.max(present, 0), present < 0 ? 0 : 1, ours)
}

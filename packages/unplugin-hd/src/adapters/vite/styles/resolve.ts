import { HD_QUERY_RE } from '@unplugin-hd/core'
import type { Alias, Rollup } from 'vite'
import type { ImageSets } from './image-sets.ts'
import { imageAt } from '../assets/image.ts'
import { whereIs, type Place } from '../place.ts'
import { inPublicDir } from '../paths.ts'
import type { Project } from '../project.ts'

/** Ids of stylesheets, also of those in pages and components. */
export const STYLE_RE: RegExp = /\.(?:css|less|sass|scss|styl|stylus|pcss|postcss|sss)(?:$|\?)/

/**
 * Vite resolves what a stylesheet names by its aliases and its own resolver, and asks no plugin: also in imported stylesheets
 * and partials, which no hook ever sees. So the only way in is an alias, that answers nobody but stylesheets.
 * @param onSource told the file of every image that is used
 */
export function styleAlias(project: Project, sets: ImageSets, onSource: (file: string) => void): Alias {
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
    // What is excluded goes on as if there were no plugin; other aliases are not asked any more.
    const query = reference.slice(specifier.length)
    if (!session.shouldTransform(file + query)) return { ...resolved, id: resolved.id + query }
    // Imports of modules are for the plugin's own hook, and of a module the bundler knows the importer.
    if (importer === undefined || this.getModuleInfo(importer) !== null) return null
    const place = async (): Promise<Place> => ({
      where: await whereIs(config.root, importer, reference),
      what: 'CSS',
      shapes: ['url', 'srcset'],
    })
    const image = await imageAt(project, place, file, reference)
    onSource(file)
    const { files, shape } = image!
    if (files.length === 1) return { id: files[0]! }
    const { where } = await place()
    return { id: await sets.markerFor(project.staged, { files, parts: shape.parts, where, reference }) }
  }
  // The type says nothing of promises, which every Vite awaits.
  return { find: HD_QUERY_RE, replacement: '$&', customResolver: resolveInStyle as unknown as Alias['customResolver'] }
}

/** Puts ours before the user's, once: while watching there is a build after the other. */
export function addAlias(aliases: Alias[], ours: Alias): void {
  const present = aliases.findIndex(({ find }) => find === HD_QUERY_RE)
  aliases.splice(Math.max(present, 0), present < 0 ? 0 : 1, ours)
}

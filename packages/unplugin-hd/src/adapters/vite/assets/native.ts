import type { HdAsset, HdRequest } from '@unplugin-hd/core'
import type { Rollup } from 'vite'
import type { ResolvedImport } from '../../resolve.ts'
import { hasImageMaker } from '../image-makers.ts'
import { refuseAt } from '../place.ts'
import type { Project } from '../project.ts'

/** Whether another plugin makes the value of an import with `as=asset`, or is asked to. */
export function isForOthers(project: Project, { rest }: HdRequest): boolean {
  return rest !== undefined || hasImageMaker(project.config)
}

/** True where vite-imagetools would encode a file once more because of `?url`, and Vite alone gives the URL of an import without it. */
export function takesQueries({ config }: Project): boolean {
  return hasImageMaker(config, 'imagetools') && !hasImageMaker(config, 'astro')
}

/**
 * The module of an import with `as=asset`: that of the enlarged file, which the project's own plugins load.
 * @throws Error with `HD_QUERY` for keys that no plugin takes
 */
export async function loadNative(
  project: Project,
  { file, request, origin }: Omit<ResolvedImport, 'origin'> & { origin: ResolvedImport['origin'] | undefined },
): Promise<Rollup.SourceDescription> {
  const { session, assets, config } = project
  if (request.rest !== undefined && !hasImageMaker(config)) {
    const where = await origin?.where()
    const what = `no plugin of this project takes '${request.rest}'`
    refuseAt(where?.text ?? file, origin?.reference ?? file, what, `Leave it out, or add the plugin that it is meant for`)
  }
  const shape = await session.load(file, request, origin)
  const [path] = await assets.filesOf(shape, file, request)
  const specifier = JSON.stringify(request.rest === undefined ? path! : `${path!}?${request.rest}`)
  const asset = shape.parts[0]!.asset as HdAsset
  const isSized = hasImageMaker(config, 'astro') && !asset.isSource
  const code = isSized
    ? sizedModule(specifier, asset.source)
    : `export { default } from ${specifier}\nexport * from ${specifier}\n`
  return { code, map: null, moduleSideEffects: false }
}

/**
 * Astro's metadata with the size in CSS pixels, which `<Image>` writes into `width` and `height`. A copy would not do: the build
 * notes by access to the original which files a page uses.
 */
function sizedModule(specifier: string, { width, height }: { width: number; height: number }): string {
  return `import metadata from ${specifier}
const size = ${JSON.stringify({ width, height })}
export default new Proxy(metadata, {
  get(target, name, receiver) {
    if (name === 'width' || name === 'height') return size[name]
    const value = Reflect.get(target, name, receiver)
    return name === 'clone' && value ? { ...value, ...size } : value
  },
})
`
}

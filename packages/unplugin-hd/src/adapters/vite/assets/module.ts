import { DEFAULT_FACTOR, isFactor, toQuery, type HdRequest } from '@unplugin-hd/core'
import type { Shape } from '../../../shape/shape.ts'
import { fileName, toSpecifier } from '../paths.ts'
import { displayPath } from '../place.ts'
import type { Project } from '../project.ts'

/** Where the URL of a part comes from: a file that Vite is to treat as an asset, or a URL that is known already. */
export type Binding = { specifier: string } | { url: string }

/** How Vite is told to treat a file as an asset, and whether to inline it. */
export const ASSET_QUERY: Readonly<Record<HdRequest['delivery'], string>> = {
  auto: '?url',
  inline: '?url&inline',
  file: '?url&no-inline',
}

/** The files that Vite is to treat as assets, one for each part, with `/` on every system. @param file the source */
export async function assetFiles(
  { config, staged, names }: Project,
  { parts }: Shape,
  file: string,
  request: HdRequest,
): Promise<string[]> {
  return Promise.all(
    parts.map(async ({ asset, name, scale, original }) => {
      if (original) return toSpecifier(file)
      const staged2x = toSpecifier(await staged.file(asset, fileName(name)))
      names.set(staged2x, displayPath(config.root, file) + queryOf(request, scale))
      return staged2x
    }),
  )
}

/** How a project would ask for one part alone. At 1x there is no query for it, but a format. */
function queryOf({ formats, quality }: HdRequest, scale: number): string {
  const factor = isFactor(scale) ? scale : DEFAULT_FACTOR
  const query = toQuery({ as: 'url', factor, formats, quality, delivery: 'auto' })
  return scale === 1 ? query.replace(/^\?hd&?/, '?') : query
}

/** The module of a `?hd` import. */
export function toModule(bindings: readonly Binding[], shape: Shape, { delivery }: HdRequest): string {
  const imports: string[] = []
  const urls = bindings.map((binding, index) => {
    if ('url' in binding) return JSON.stringify(binding.url)
    imports.push(`import url${index} from ${JSON.stringify(binding.specifier + ASSET_QUERY[delivery])}`)
    return `url${index}`
  })
  return `${imports.join('\n')}\nexport default ${shape.expression(urls)}\n`
}

import type { HdRequest } from '@unplugin-hd/core'
import type { Session } from '../../session.ts'
import type { Part, Shape } from '../../shape.ts'
import { fileName, toSpecifier } from './paths.ts'

/** Where the URL of a part comes from: a file that Vite is to treat as an asset, or a URL that is known already. */
export type Binding = { specifier: string } | { url: string }

/** How Vite is told to treat a file as an asset, and whether to inline it. */
export const ASSET_QUERY: Readonly<Record<HdRequest['delivery'], string>> = {
  auto: '?url',
  inline: '?url&inline',
  file: '?url&no-inline',
}

/** The file that Vite is to treat as an asset, with `/` on every system. @param file the source */
export async function assetFile(session: Session, { asset, name, original }: Part, file: string): Promise<string> {
  return toSpecifier(original ? file : await session.hd.file(asset, fileName(name)))
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

import type { HdRequest } from '@unplugin-hd/core'
import type { Rollup } from 'vite'
import type { Shape } from '../../../shape/shape.ts'
import type { Stub } from '../../../shape/stub.ts'

/** Where a module gets the URL of a part: from a file that Vite treats as an asset, or it is known already. */
export type Binding = { file: string } | { url: string }

/** The query that makes Vite treat an imported file as an asset, and says whether to inline it. */
const ASSET_QUERY: Readonly<Record<HdRequest['delivery'], string>> = {
  auto: '?url',
  inline: '?url&inline',
  file: '?url&no-inline',
}

/** Files that Vite treats as assets without a query. */
const KNOWN_ASSET_RE = /\.(?:png|jpe?g|webp|avif|gif)$/i

/**
 * The specifier of an import that gives the URL of a file.
 * @param takesQueries whether another plugin of the project processes every image that is imported with a query, `?url` included
 */
export function urlSpecifier(file: string, { delivery }: HdRequest, takesQueries: boolean): string {
  return takesQueries && delivery === 'auto' && KNOWN_ASSET_RE.test(file) ? file : file + ASSET_QUERY[delivery]
}

/**
 * The code of a `?hd` module.
 * @param bindings one for each part of the shape
 * @param takesQueries as in {@link urlSpecifier}
 */
export function toModule(bindings: readonly Binding[], shape: Shape, request: HdRequest, takesQueries = false): string {
  const imports: string[] = []
  const urls = bindings.map((binding, index) => {
    if ('url' in binding) return JSON.stringify(binding.url)
    imports.push(`import url${index} from ${JSON.stringify(urlSpecifier(binding.file, request, takesQueries))}`)
    return `url${index}`
  })
  return `${imports.join('\n')}\nexport default ${shape.expression(urls)}\n`
}

/** The module of an import with the option `stub`. */
export function stubModule({ shape, urls }: Stub, request: HdRequest): Rollup.SourceDescription {
  const bindings = urls.map((url) => ({ url }))
  return { code: toModule(bindings, shape, request), map: null, moduleSideEffects: false }
}

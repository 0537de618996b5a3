import { readFileSync } from 'node:fs'
import { isHdError, parseRequest, type HdRequest } from '@unplugin-hd/core'

const HEAD = `// Made by unplugin-hd (the option 'dts', or \`hd types\`): not to be edited, but to be committed.
/// <reference types="unplugin-hd/client" />
`

/** A module pattern of a declaration: everything before the query is any file. */
const PATTERN_RE = /^declare module '\*([^']+)'/gm

/** What can stand in a query of ours. */
const QUERY_RE = /^\?[\w&=;.%-]+$/

/** Beside `dist`. */
const CLIENT = new URL('../client.d.ts', import.meta.url)

let clientEndings: readonly string[] | undefined

/**
 * A file of declarations, one for each query that `unplugin-hd/client` has no pattern for, in a stable order. What is no query of
 * ours is left out: the bundler tells of it.
 */
export function renderDeclarations(queries: Iterable<string>): string {
  clientEndings ??= [...queriesIn(readFileSync(CLIENT, 'utf8'))]
  const endings = clientEndings
  const needed = [...new Set(queries)].filter((query) => !endings.some((ending) => query.endsWith(ending))).toSorted(byCode)
  const declarations = needed.flatMap((query) => {
    const request = requestOf(query)
    if (!request) return []
    const [name, type] = valueOf(request)
    return [`\ndeclare module '*${query}' {\n  const ${name}: ${type}\n  export default ${name}\n}\n`]
  })
  return HEAD + declarations.join('')
}

/** The queries, or their ends, that a file has declarations for. */
export function queriesIn(declarations: string): Set<string> {
  return new Set([...declarations.matchAll(PATTERN_RE)].map(([, query]) => query!))
}

function requestOf(query: string): HdRequest | undefined {
  if (!QUERY_RE.test(query)) return undefined
  try {
    return parseRequest(`x${query}`)?.request
  } catch (error) {
    if (isHdError(error)) return undefined
    throw error
  }
}

/** Names and types as `client.d.ts` has them. */
function valueOf({ as, jsx }: HdRequest): [name: string, type: string] {
  switch (as) {
    case 'url':
    case 'srcset':
      return [as, 'string']
    case 'img':
      return ['img', jsx ? 'HdJsxImg' : 'HdImg']
    case 'picture':
      return ['picture', jsx ? 'HdJsxPicture' : 'HdPicture']
    case 'meta':
      return ['meta', 'HdMeta']
  }
}

/** The same on every machine. */
function byCode(one: string, other: string): number {
  return one < other ? -1 : 1
}

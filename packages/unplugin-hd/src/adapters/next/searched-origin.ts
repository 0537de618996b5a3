import path from 'node:path'
import { parseRequest, toQuery } from '@unplugin-hd/core'
import { displayPath, type Origin, type Written } from '../../session/origin.ts'

/**
 * The origin of an import in Turbopack, which does not tell loaders who imports. The sources are searched only for errors.
 * @param root absolute path of the project @param file absolute path of the image
 */
export function searchedOrigin(root: string, file: string, query: string): Origin {
  const name = path.basename(file)
  const wanted = canonical(query)
  return {
    reference: name + query,
    async where(): Promise<Written | undefined> {
      const { scanReferences } = await import('../../references/scan.ts')
      for (const { reference, importer, lines } of await scanReferences(root)) {
        const mark = reference.indexOf('?')
        if (path.posix.basename(reference.slice(0, mark)) !== name || canonical(reference.slice(mark)) !== wanted) continue
        this.reference = reference
        return { text: `${displayPath(root, importer)}:${lines[0]}`, file: importer, line: lines[0]!, column: 0 }
      }
      return undefined
    },
  }
}

/** A wrong query stays as it is. */
function canonical(query: string): string {
  try {
    return toQuery(parseRequest(query)!.request)
  } catch {
    return query
  }
}

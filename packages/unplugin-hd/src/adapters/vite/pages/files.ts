import { existsSync } from 'node:fs'
import path from 'node:path'
import { HD_QUERY_RE } from '@unplugin-hd/core'
import { normalizePath } from 'unplugin-utils'
import { findImageAttributes } from '../markup/attributes.ts'
import { isExternal } from '../markup/rules.ts'
import { parseSrcset } from '../markup/srcset.ts'
import { publicFile } from '../paths.ts'
import type { Project } from '../project.ts'

/** The images that a page names with `?hd`: absolute paths. @param page absolute path of the HTML file */
export function findImageFiles(project: Project, html: string, page: string): string[] {
  const attributes = findImageAttributes(html, project.config.html?.additionalAssetSources)
  const urls = attributes.flatMap(({ value, kind }) => (kind === 'srcset' ? parseSrcset(value).map(({ url }) => url) : [value]))
  return urls.filter((url) => HD_QUERY_RE.test(url)).flatMap((url) => fileOfUrl(url, page, project) ?? [])
}

/** The file to which Vite resolves a URL of a page; `undefined` if there is none. */
export function fileOfUrl(url: string, page: string, { config }: Project): string | undefined {
  if (isExternal(url)) return undefined
  const address = decode(url.split('?', 1)[0]!)
  const found = publicFile(address, config.publicDir)
  if (found !== undefined) return found
  const file = address.startsWith('/') ? path.join(config.root, address) : path.join(path.dirname(page), address)
  return existsSync(file) ? normalizePath(file) : undefined
}

function decode(address: string): string {
  try {
    return decodeURI(address)
  } catch {
    return address
  }
}

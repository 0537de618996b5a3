import path from 'node:path'
import { HdError } from '@unplugin-hd/core'
import { toBundlerError } from '../../../session/bundler-error.ts'
import { makeReferencedImage } from '../assets/referenced-image.ts'
import { relativeUrl } from '../paths.ts'
import type { Project } from '../project.ts'
import type { FindPageImage } from './page-image.ts'

/**
 * In a build the URL of an image becomes the path of its file, which Vite then treats as an asset. The source keeps its own address:
 * a public file stays public.
 * @param page absolute path of the HTML file
 */
export function findInBuild(project: Project, page: string): FindPageImage {
  const urlOf = (file: string, isSource: boolean, url: string): string =>
    isSource ? url.split('?', 1)[0]! + (/\?.*$/.exec(file)?.[0] ?? '') : encodeURI(pathFromPage(page, file))
  return async (place, file, url) => {
    const image = await makeReferencedImage(project, place, file, url)
    if (!image) return undefined
    const { request, shape, files } = image
    return { request, shape, urls: shape.parts.map(({ original }, index) => urlOf(files[index]!, original, url)) }
  }
}

/** @throws Error with `HD_OPTION` when the file is on another drive */
function pathFromPage(page: string, file: string): string {
  const url = relativeUrl(page, file)
  if (!path.isAbsolute(url)) return url
  const message = "Vite's cache folder is on another drive than this page, and Vite finds the images of a page by relative paths"
  throw toBundlerError(
    new HdError('HD_OPTION', message, { file: page, remedy: "Set Vite's option 'cacheDir' to a folder on its drive" }),
  )
}

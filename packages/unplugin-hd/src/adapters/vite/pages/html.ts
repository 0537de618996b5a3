import { existsSync } from 'node:fs'
import path from 'node:path'
import { HD_QUERY_RE, HdError, type HdRequest } from '@unplugin-hd/core'
import MagicString from 'magic-string'
import { toBundlerError } from '../../../session/bundler-error.ts'
import type { ImgValue, PictureValue } from '../../../shape/shape.ts'
import { attributesByName, findImageAttributes, type ImageAttribute } from '../markup/attributes.ts'
import { publicFile, relativeUrl, toSpecifier } from '../paths.ts'
import { imageAt, type Image } from '../assets/image.ts'
import { displayPath, lineAt, refuseAt, type Place } from '../place.ts'
import type { Project } from '../project.ts'
import { formatSrcset, parseSrcset, type Candidate } from '../markup/srcset.ts'

/** What a URL of a page stands for, if it is for us. @param file absolute path of the source */
export type FindInPage = (place: Place, file: string, url: string) => Promise<ImageInPage | undefined>

export interface ImageInPage extends Pick<Image, 'request' | 'shape'> {
  /** For each part, from the page. */
  urls: readonly string[]
}

/**
 * Names every image by the path of its 2x, which Vite then treats as the asset it is.
 * @param page absolute path of the HTML file
 */
export function findInBuiltPage(project: Project, page: string): FindInPage {
  /** The source itself keeps its address, so that a public file stays one. */
  const urlOf = (file: string, original: boolean, url: string): string => {
    if (!original) return encodeURI(urlFrom(page, file))
    return url.split('?', 1)[0]! + (/\?.*$/.exec(file)?.[0] ?? '')
  }
  return async (place, file, url) => {
    const image = await imageAt(project, () => place, file, url)
    return image && { ...image, urls: image.shape.parts.map((part, index) => urlOf(image.files[index]!, part.original, url)) }
  }
}

/**
 * A page in which every image with `?hd` has the URLs that are found for it.
 * @param page absolute path of the HTML file
 */
export async function transformHtml(project: Project, html: string, page: string, find: FindInPage): Promise<string> {
  const { config } = project
  const edits = new MagicString(html)

  /** What one URL stands for; nothing when it is not for us. */
  const imageOf = async (attribute: ImageAttribute, url: string): Promise<ImageInPage | undefined> => {
    if (!HD_QUERY_RE.test(url)) return undefined
    const file = fileOf(url, page, project)
    if (file === undefined) return undefined
    const where = placeOf(attribute)
    const what = `<${attribute.element.nodeName} ${attribute.name}>`
    return find({ where, what, shapes: shapesFor(attribute) }, file, url)
  }

  const placeOf = ({ element, name }: ImageAttribute): string =>
    `${displayPath(config.root, page)}:${lineAt(html, element.sourceCodeLocation!.attrs![name]!.startOffset)}`

  /** @param more attributes to stand behind it */
  const write = (
    { element, name }: ImageAttribute,
    value: string,
    more: Readonly<Record<string, string | number>> = {},
  ): void => {
    const { startOffset, endOffset } = element.sourceCodeLocation!.attrs![name]!
    const written = html.slice(startOffset, endOffset).split('=', 1)[0]!.trimEnd()
    const all = [[written, value], ...Object.entries(more)].map(([key, text]) => `${key}=${quote(String(text))}`)
    edits.update(startOffset, endOffset, all.join(' '))
  }

  const writeImg = (attribute: ImageAttribute, img: ImgValue, present: Readonly<Record<string, string>>): void =>
    write(attribute, img.src, { srcset: img.srcset, ...missingSize(img, present) })

  const replaceSrcset = async (attribute: ImageAttribute): Promise<void> => {
    const candidates = parseSrcset(attribute.value)
    const replaced = await Promise.all(
      candidates.map(async (candidate): Promise<Candidate[]> => {
        const image = await imageOf(attribute, candidate.url)
        if (!image) return [candidate]
        const value = image.shape.value(image.urls)
        if (image.request.as === 'url') return [{ ...candidate, url: String(value) }]
        if (candidate.descriptor !== '') {
          refuseAt(
            placeOf(attribute),
            candidate.url,
            `'as=srcset' writes descriptors of its own, but '${candidate.descriptor}' follows`,
            `Leave the descriptor out, or write '?hd' alone`,
          )
        }
        return parseSrcset(String(value))
      }),
    )
    if (replaced.some(([first], index) => first !== candidates[index])) write(attribute, formatSrcset(replaced.flat()))
  }

  const replaceSrc = async (attribute: ImageAttribute): Promise<void> => {
    const image = await imageOf(attribute, attribute.value)
    if (!image) return
    const value = image.shape.value(image.urls)
    const { as } = image.request
    if (as === 'url') return write(attribute, String(value))
    const { element } = attribute
    const where = placeOf(attribute)
    const attributes = attributesByName(element)
    if ('srcset' in attributes) {
      refuseAt(where, attribute.value, `'as=${as}' writes the srcset, but there is one already`, 'Remove one of them')
    }
    if (as === 'img') return writeImg(attribute, value as ImgValue, attributes)
    if (element.parentNode?.nodeName === 'picture') {
      refuseAt(where, attribute.value, `'as=picture' writes a <picture>, but the <img> is in one already`, `Write 'as=img'`)
    }
    const { sources, img } = value as PictureValue
    const { startOffset, endOffset } = element.sourceCodeLocation!
    const list = sources.map(({ type, srcset }) => `<source type=${quote(type)} srcset=${quote(srcset)}>`)
    edits.appendLeft(startOffset, `<picture>${list.join('')}`)
    edits.appendRight(endOffset, '</picture>')
    writeImg(attribute, img, attributes)
  }

  const attributes = findImageAttributes(html, config.html?.additionalAssetSources)
  await Promise.all(attributes.map((attribute) => (attribute.isSrcset ? replaceSrcset(attribute) : replaceSrc(attribute))))
  return edits.toString()
}

/** The images of a page that it names with `?hd`. */
export function sourcesOfHtml(project: Project, html: string, page: string): string[] {
  const attributes = findImageAttributes(html, project.config.html?.additionalAssetSources)
  const urls = attributes.flatMap(({ value, isSrcset }) => (isSrcset ? parseSrcset(value).map(({ url }) => url) : [value]))
  return urls.filter((url) => HD_QUERY_RE.test(url)).flatMap((url) => fileOf(url, page, project) ?? [])
}

function shapesFor({ element, name, isSrcset }: ImageAttribute): HdRequest['as'][] {
  if (isSrcset) return ['url', 'srcset']
  return element.nodeName === 'img' && name === 'src' ? ['url', 'img', 'picture'] : ['url']
}

/** The file that a URL in a page means, if there is one: as Vite looks for it. */
function fileOf(url: string, page: string, { config }: Project): string | undefined {
  if (/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(url)) return undefined
  const address = decode(url.split('?', 1)[0]!)
  const found = publicFile(address, config.publicDir)
  if (found !== undefined) return found
  const file = address.startsWith('/') ? path.join(config.root, address) : path.join(path.dirname(page), address)
  return existsSync(file) ? toSpecifier(file) : undefined
}

/** @throws Error with `HD_OPTION` where there is no relative path */
function urlFrom(page: string, file: string): string {
  const url = relativeUrl(page, file)
  if (!path.isAbsolute(url)) return url
  const message = "Vite's cache folder is on another drive than this page, and Vite finds the images of a page by relative paths"
  throw toBundlerError(
    new HdError('HD_OPTION', message, { file: page, remedy: "Set Vite's option 'cacheDir' to a folder on its drive" }),
  )
}

/** Width and height in CSS pixels, where the page has none. One alone is completed in proportion. */
function missingSize(img: ImgValue, present: Readonly<Record<string, string>>): { width?: number; height?: number } {
  const { width, height } = present
  if (width === undefined && height === undefined) return { width: img.width, height: img.height }
  if (height === undefined && /^\d+$/.test(width!)) return { height: Math.round((Number(width) * img.height) / img.width) }
  if (width === undefined && /^\d+$/.test(height!)) return { width: Math.round((Number(height) * img.width) / img.height) }
  return {}
}

function quote(value: string): string {
  return `"${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`
}

function decode(address: string): string {
  try {
    return decodeURI(address)
  } catch {
    return address
  }
}

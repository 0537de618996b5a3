import { HD_QUERY_RE } from '@unplugin-hd/core'
import { escapeAttribute } from 'entities'
import MagicString from 'magic-string'
import type { ImgValue, PictureValue } from '../../../shape/shape.ts'
import { attributesByName, findImageAttributes, type ImageAttribute } from '../markup/attributes.ts'
import { allowedShapes, refuseDescriptor, refuseSecondSrcset } from '../markup/rules.ts'
import { missingSize } from '../markup/size.ts'
import { formatSrcset, parseSrcset, type Candidate } from '../markup/srcset.ts'
import { displayPath, lineAt, refuseAt } from '../place.ts'
import type { Project } from '../project.ts'
import { fileOfUrl } from './files.ts'
import { pageValueOf, type FindPageImage, type PageImage } from './page-image.ts'

/**
 * Replaces every URL with `?hd` in the attributes of a page.
 * @param page absolute path of the HTML file
 * @throws Error with the place, what is wrong, what to do, and the code
 */
export async function transformHtml(project: Project, html: string, page: string, find: FindPageImage): Promise<string> {
  const { config } = project
  const edits = new MagicString(html)

  const imageOf = async (attribute: ImageAttribute, url: string): Promise<PageImage | undefined> => {
    if (!HD_QUERY_RE.test(url)) return undefined
    const file = fileOfUrl(url, page, project)
    if (file === undefined) return undefined
    const { element, name, kind } = attribute
    const what = `<${element.nodeName} ${name}>`
    return find({ where: whereOf(attribute), what, shapes: allowedShapes(element.nodeName, name, kind) }, file, url)
  }

  const whereOf = ({ element, name }: ImageAttribute): string =>
    `${displayPath(config.root, page)}:${lineAt(html, element.sourceCodeLocation!.attrs![name]!.startOffset)}`

  /** @param more attributes to add after it */
  const write = (
    { element, name }: ImageAttribute,
    value: string,
    more: Readonly<Record<string, string | number>> = {},
  ): void => {
    const { startOffset, endOffset } = element.sourceCodeLocation!.attrs![name]!
    const written = html.slice(startOffset, endOffset).split('=', 1)[0]!.trimEnd()
    edits.update(startOffset, endOffset, formatAttributes({ [written]: value, ...more }))
  }

  const writeImg = (attribute: ImageAttribute, img: ImgValue, present: Readonly<Record<string, string>>): void =>
    write(attribute, img.src, { srcset: img.srcset, ...sizeOf(img, present) })

  const writePicture = (attribute: ImageAttribute, { sources, img }: PictureValue, present: Record<string, string>): void => {
    const { startOffset, endOffset } = attribute.element.sourceCodeLocation!
    const list = sources.map(({ type, srcset }) => `<source ${formatAttributes({ type, srcset })}>`)
    edits.appendLeft(startOffset, `<picture>${list.join('')}`)
    edits.appendRight(endOffset, '</picture>')
    writeImg(attribute, img, present)
  }

  const replaceSrcset = async (attribute: ImageAttribute): Promise<void> => {
    const candidates = parseSrcset(attribute.value)
    const replaced = await Promise.all(
      candidates.map(async (candidate): Promise<Candidate[]> => {
        const image = await imageOf(attribute, candidate.url)
        if (!image) return [candidate]
        const text = String(image.shape.value(image.urls))
        if (image.request.as === 'url') return [{ ...candidate, url: text }]
        refuseDescriptor(whereOf(attribute), candidate)
        return parseSrcset(text)
      }),
    )
    if (replaced.some(([first], index) => first !== candidates[index])) write(attribute, formatSrcset(replaced.flat()))
  }

  const replaceUrl = async (attribute: ImageAttribute): Promise<void> => {
    const { element, value: url } = attribute
    const image = await imageOf(attribute, url)
    if (!image) return
    const value = pageValueOf(image)
    if (value.kind === 'text') return write(attribute, value.text)
    const present = attributesByName(element)
    refuseSecondSrcset(whereOf(attribute), url, value.kind, present)
    if (value.kind === 'img') return writeImg(attribute, value.img, present)
    if (element.parentNode?.nodeName === 'picture') {
      const what = `'as=picture' writes a <picture>, but the <img> is in one already`
      refuseAt(whereOf(attribute), url, what, `Write 'as=img'`)
    }
    writePicture(attribute, value.picture, present)
  }

  const attributes = findImageAttributes(html, config.html?.additionalAssetSources)
  await Promise.all(attributes.map((each) => (each.kind === 'srcset' ? replaceSrcset(each) : replaceUrl(each))))
  return edits.toString()
}

/** The missing ones of width and height, in CSS pixels. */
function sizeOf(img: ImgValue, present: Readonly<Record<string, string>>): Record<string, number> {
  const sizes = missingSize(present).map((missing): [string, number] => {
    const { name, relativeTo: other } = missing
    return [name, other ? Math.round((other.value * img[name]) / img[other.name]) : img[name]]
  })
  return Object.fromEntries(sizes)
}

function formatAttributes(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}="${escapeAttribute(String(value))}"`)
    .join(' ')
}

import { isHdId } from '@unplugin-hd/core'
import { blankComments } from '../../../unprocessed/find.ts'
import { blankFenced } from '../../../unprocessed/markdown.ts'
import { displayPath, lineAt } from '../place.ts'
import { isAsset } from './astro-images.ts'

/** An image of Markdown: `![text](./a.jpg?hd "title")`. */
const IMAGE_RE = /!\[[^\]]*\]\(\s*<?([^\s<>()]+)/g

export interface MarkdownImage {
  /** `src/pages/about.mdx:7`, as in the warning. */
  where: string
  warning: string
}

/**
 * The images with `?hd` in the Markdown of an MDX file of Astro. Astro imports them and gives them to its `<Image>`, but takes only
 * `as=asset`, and writes that without densities: Markdown has no way to ask for those.
 */
export function findImagesOfAstro(root: string, code: string, id: string): MarkdownImage[] {
  const text = blankFenced(blankComments(code, id))
  return [...text.matchAll(IMAGE_RE)].flatMap(({ 0: all, 1: reference, index }) => {
    if (!isHdId(reference!)) return []
    const where = `${displayPath(root, id)}:${lineAt(text, index + all.length)}`
    const reason = isAsset(reference!)
      ? 'is shown at 1x, because Astro writes images of Markdown without densities'
      : 'is a URL, but Astro takes only images of its own in Markdown'
    const remedy = 'Import it with as=img, and write <img {...image} />'
    return [{ where, warning: `'${reference}' in ${where} ${reason}. ${remedy}` }]
  })
}

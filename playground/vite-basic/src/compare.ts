import { element } from './element.ts'

export interface Comparison {
  title: string
  /** The image as the import names it, for the caption. */
  file: string
  /** URL of the 1x image. */
  src: string
  /** URL of the 2x image. */
  hd: string
  /** The point both panes show first, as fractions of width and height. */
  focus: [x: number, y: number]
}

/** The 1x and the 2x image at the same size on screen, in two panes that scroll together. */
export function compare({ title, file, src, hd, focus }: Comparison): HTMLElement {
  const before = element('img', { src, alt: `${title}, 1x enlarged by the browser` })
  const after = element('img', { src: hd, alt: `${title}, 2x by unplugin-hd` })
  const left = element('div', { class: 'pane', tabindex: 0 }, before)
  const right = element('div', { class: 'pane', tabindex: 0 }, after)

  const fit = (): void => {
    const width = (before.naturalWidth * 2) / window.devicePixelRatio
    for (const image of [before, after]) image.style.width = `${width}px`
    for (const pane of [left, right]) {
      pane.scrollTo((pane.scrollWidth - pane.clientWidth) * focus[0], (pane.scrollHeight - pane.clientHeight) * focus[1])
    }
  }
  before.addEventListener('load', fit)
  after.addEventListener('load', fit)
  scrollTogether(left, right)

  return element(
    'article',
    {},
    element('h2', {}, title),
    element(
      'div',
      { class: 'panes' },
      element('figure', {}, left, element('figcaption', {}, '1x, enlarged by the browser')),
      element('figure', {}, right, element('figcaption', {}, element('code', {}, `${file}?hd`))),
    ),
  )
}

function scrollTogether(left: HTMLElement, right: HTMLElement): void {
  left.addEventListener('scroll', () => right.scrollTo(left.scrollLeft, left.scrollTop))
  right.addEventListener('scroll', () => left.scrollTo(right.scrollLeft, right.scrollTop))
}

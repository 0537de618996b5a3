import { element } from './element.ts'

export interface Shape {
  /** What the import says. */
  query: string
  /** The import's default export, if it is there already. */
  value?: unknown
  /** The image, made from that value. */
  view: HTMLElement
}

/** One way to import an image: what to write, the value it gives, and the image made from it. */
export function shape({ query, value, view }: Shape): HTMLElement {
  const card = element('article', { class: 'shape' }, element('h3', {}, element('code', {}, query)), view)
  if (value !== undefined) card.append(element('pre', {}, JSON.stringify(value, null, 2)))
  return card
}

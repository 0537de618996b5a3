import { element } from './element.ts'

export interface Shape {
  /** What the import says. */
  query: string
  /** The import's default export, if it is there already. */
  value?: unknown
  /** The picture, made from that value. */
  view: HTMLElement
}

/** One way to import a picture: what to write, the value it gives, and the picture made from it. */
export function shape({ query, value, view }: Shape): HTMLElement {
  const card = element('article', { class: 'shape' }, element('h3', {}, element('code', {}, query)), view)
  if (value !== undefined) card.append(element('pre', {}, JSON.stringify(value, null, 2)))
  return card
}

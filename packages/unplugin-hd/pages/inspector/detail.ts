import { visible } from '../../../core/src/visible-text.ts'
import type { InspectedImage, InspectedVariant, Use } from '../../src/inspector/data.ts'
import { formatBytes, formatTime } from '../../src/progress/units.ts'
import { el, table } from '../shared/dom.ts'
import { createViewer } from '../shared/viewer.ts'
import { STATES, stateText, variantText } from './model.ts'
import type { Source } from './source.ts'

/** All of one image, above the list. */
export interface Detail {
  element: HTMLDialogElement
  show(image: InspectedImage): void
  /** Shows what has changed, where it is this image that is open. */
  update(image: InspectedImage): void
}

export interface DetailContext {
  source: Source
  announce(text: string): void
  /** The image before (-1) or after (1) one in the list. */
  neighbour(name: string, step: 1 | -1): InspectedImage | undefined
  onShow(name: string): void
  onClose(name: string): void
}

const HEAD = ['File', 'Pixels', 'Bytes', 'Upscaler', 'State', 'Time']

export function createDetail({ source, announce, neighbour, onShow, onClose }: DetailContext): Detail {
  let shown: InspectedImage | undefined
  const title = el('h2', { id: 'title' })
  const state = el('span', { className: 'state' })
  const bar = el('progress', { max: 1, ariaLabel: 'how much is made' })
  const make = el('button', { type: 'button', className: 'main' })
  const step = (text: string, by: 1 | -1): HTMLButtonElement =>
    el('button', {
      type: 'button',
      textContent: text,
      onclick() {
        const next = shown && neighbour(shown.name, by)
        if (next) show(next)
      },
    })
  const [back, on] = [step('Previous', -1), step('Next', 1)]
  const close = el('button', { type: 'button', textContent: 'Close', onclick: () => element.close() })
  const [view, note, problems, facts, uses] = [el('div'), el('p'), el('ul', { className: 'problems' }), el('div'), el('div')]
  const head = el('header', {}, title, el('div', { className: 'controls' }, back, on, close))
  const line = el('p', { className: 'controls' }, state, bar, make)
  const element = el('dialog', {}, head, line, problems, note, view, facts, el('h3', { textContent: 'Used in' }), uses)
  element.setAttribute('aria-labelledby', 'title')
  element.addEventListener('close', () => shown && onClose(shown.name))
  make.addEventListener('click', () => void source.actions?.make(shown!).then(announce))

  /** Draws a part anew only when what it shows has changed, so that nothing in it loses the focus. */
  const drawn = new Map<HTMLElement, string>()
  const draw = (part: HTMLElement, what: unknown, children: () => (Node | string)[]): void => {
    const key = JSON.stringify(what) ?? ''
    if (drawn.get(part) === key) return
    drawn.set(part, key)
    part.replaceChildren(...children())
  }
  const render = (image: InspectedImage): void => {
    shown = image
    title.textContent = visible(image.name)
    state.textContent = stateText(image)
    state.dataset['state'] = image.state
    bar.hidden = image.fraction === undefined
    bar.value = image.fraction ?? 0
    make.hidden = !source.actions || !isToBeMade(image)
    make.textContent = image.state === 'failed' ? 'Try again' : 'Make it now'
    back.disabled = !neighbour(image.name, -1)
    on.disabled = !neighbour(image.name, 1)
    note.textContent = source.note(image)
    note.hidden = note.textContent === ''
    problems.hidden = image.problems.length === 0
    draw(problems, image.problems, () => image.problems.map((textContent) => el('li', { textContent })))
    const viewed = source.viewed(image)
    draw(view, viewed, () =>
      viewed ? createViewer(viewed, 'fit') : [el('p', { textContent: 'There is nothing to compare yet.' })],
    )
    draw(facts, [image.source, image.variants], () => [factsOf(image)])
    draw(uses, image.uses, () => [usesOf(image.uses, source, announce)])
  }
  const show = (image: InspectedImage): void => {
    // A view of the image before would be kept otherwise.
    drawn.clear()
    render(image)
    onShow(image.name)
    if (!element.open) element.showModal()
    element.scrollTop = 0
    title.tabIndex = -1
    title.focus()
  }
  return {
    element,
    show,
    update: (image) => void (element.open && shown?.name === image.name && render(image)),
  }
}

function isToBeMade({ source, state, variants }: InspectedImage): boolean {
  return (
    source !== undefined &&
    state !== 'making' &&
    state !== 'waiting' &&
    variants.some((each) => each.state === 'missing' || each.state === 'failed')
  )
}

function factsOf({ name, source, variants }: InspectedImage): HTMLElement {
  const first = source && [
    'source, 1x',
    `${source.width}×${source.height}`,
    `${formatBytes(source.bytes)} ${source.format}`,
    '',
    '',
    '',
  ]
  const rows = variants.map((variant) => [
    variantText(variant),
    `${variant.width}×${variant.height}`,
    variant.bytes === undefined ? '' : formatBytes(variant.bytes),
    `${variant.upscaler ?? ''}${variant.fallback ? ' (fallback)' : ''}`,
    stateOf(variant),
    variant.ms === undefined ? '' : formatTime(variant.ms),
  ])
  return table(`Facts of ${name}`, HEAD, first ? [first, ...rows] : rows)
}

function stateOf({ state, url }: InspectedVariant): Node | string {
  return url === undefined
    ? STATES[state]
    : el('a', { href: url, target: '_blank', textContent: STATES[state], title: 'Open the file' })
}

function usesOf(uses: readonly Use[], { actions }: Source, announce: (text: string) => void): HTMLElement {
  if (uses.length === 0) return el('p', { textContent: 'No file of the project names it.' })
  return el(
    'ul',
    { className: 'uses' },
    ...uses.map((use) => {
      const canOpen = actions && use.file !== undefined
      const place = canOpen
        ? el('button', {
            type: 'button',
            textContent: visible(use.text),
            title: 'Open in the editor',
            onclick: () => void actions.open(use).then(announce),
          })
        : el('span', { textContent: visible(use.text) })
      return el('li', {}, place, ' ', el('code', { textContent: visible(use.reference) }))
    }),
  )
}

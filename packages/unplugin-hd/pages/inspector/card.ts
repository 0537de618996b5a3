import { visible } from '../../../core/src/visible-text.ts'
import type { InspectedImage } from '../../src/inspector/data.ts'
import { el } from '../shared/dom.ts'
import { makingText, sizeText, stateText } from './model.ts'

/** An image in the list. */
export interface Card {
  element: HTMLLIElement
  update(image: InspectedImage, thumbnail: string | undefined): void
}

export function createCard(onOpen: () => void): Card {
  const picture = el('img', { alt: '', loading: 'lazy', decoding: 'async' })
  const name = el('span', { className: 'name' })
  const state = el('span', { className: 'state' })
  const bar = el('progress', { max: 1, ariaLabel: 'how much is made' })
  const [size, making, problem] = [el('p'), el('p'), el('p', { className: 'problem' })]
  const open = el('button', { type: 'button', onclick: onOpen }, el('span', { className: 'thumb' }, picture), name)
  open.setAttribute('aria-haspopup', 'dialog')
  const element = el('li', { className: 'card' }, open, el('p', {}, state), bar, size, making, problem)
  return {
    element,
    update(image, thumbnail) {
      name.textContent = visible(image.name)
      if (thumbnail === undefined) picture.removeAttribute('src')
      // The same address again would load it again.
      else if (picture.getAttribute('src') !== thumbnail) picture.src = thumbnail
      state.textContent = stateText(image)
      state.dataset['state'] = image.state
      bar.hidden = image.fraction === undefined
      bar.value = image.fraction ?? 0
      size.textContent = sizeText(image)
      making.textContent = makingText(image)
      problem.textContent = image.problems[0] ?? ''
      problem.hidden = image.problems.length === 0
    },
  }
}

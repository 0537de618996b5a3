import { visible } from '../../../core/src/visible-text.ts'
import type { Changes } from '../../src/inspector/changes.ts'
import type { InspectedImage } from '../../src/inspector/data.ts'
import { el, select } from '../shared/dom.ts'
import { createCard, type Card } from './card.ts'
import { createDetail } from './detail.ts'
import { choose, SORTS, STATES, summaryOf, type Choice } from './model.ts'
import type { Source } from './source.ts'

/** What was announced stays so long. */
const SAID_MS = 8000

/** Fills the page. */
export function start(source: Source): void {
  const images = new Map<string, InspectedImage>()
  const cards = new Map<string, Card>()
  const choice: Choice = { words: '', state: 'all', sort: 'name' }
  let shown: InspectedImage[] = []
  let isComplete = false

  const summary = el('p', { role: 'status' })
  const lost = el('p', {
    role: 'alert',
    className: 'problem',
    hidden: true,
    textContent: 'The server cannot be reached; trying again.',
  })
  const said = el('p', { role: 'status', className: 'said' })
  const problems = el('ul', { className: 'problems', hidden: true })
  const list = el('ul', { className: 'cards', ariaLabel: 'Images' })
  const nothing = el('p')
  let silence: ReturnType<typeof setTimeout> | undefined
  const announce = (text: string): void => {
    said.textContent = visible(text)
    clearTimeout(silence)
    silence = setTimeout(() => (said.textContent = ''), SAID_MS)
  }

  const detail = createDetail({
    source,
    announce,
    neighbour(name, step) {
      const at = shown.findIndex((image) => image.name === name)
      return at < 0 ? undefined : shown[at + step]
    },
    onShow: (name) => history.replaceState(null, '', `#${encodeURIComponent(name)}`),
    onClose(name) {
      history.replaceState(null, '', location.pathname + location.search)
      document.body.append(said)
      cards.get(name)?.element.querySelector('button')?.focus()
    },
  })
  const open = (name: string): void => {
    const image = images.get(name)
    if (!image) return
    // What is behind a dialog is not read out.
    detail.element.append(said)
    detail.show(image)
  }

  /** Which cards are there, and in which order. Those that stay where they are keep their images. */
  const arrange = (): void => {
    shown = choose(images.values(), choice)
    const focused = document.activeElement
    const elements = shown.map(({ name }) => cards.get(name)!.element)
    const kept = new Set<Element>(elements)
    for (const child of Array.from(list.children)) if (!kept.has(child)) child.remove()
    elements.forEach((element, index) => {
      if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null)
    })
    // An element that is moved loses the focus.
    if (focused instanceof HTMLElement && list.contains(focused)) focused.focus({ preventScroll: true })
    summary.textContent = `${summaryOf(shown, images.size)}${isComplete ? '' : '; still looking'}`
    nothing.hidden = shown.length > 0
    nothing.textContent = images.size > 0 ? 'No image is like this.' : isComplete ? 'No file of the project has a ?hd.' : ''
  }
  const onChanges = (changes: Changes): void => {
    const gone = changes.all
      ? [...images.keys()].filter((name) => !changes.images.some((image) => image.name === name))
      : changes.gone
    for (const name of gone) {
      images.delete(name)
      cards.get(name)?.element.remove()
      cards.delete(name)
    }
    for (const image of changes.images) {
      const before = images.get(image.name)
      images.set(image.name, image)
      let card = cards.get(image.name)
      if (!card) cards.set(image.name, (card = createCard(() => open(image.name))))
      card.update(image, source.thumbnail(image))
      detail.update(image)
      if (before && before.state !== image.state && (image.state === 'failed' || image.state === 'made'))
        announce(`${image.name}: ${STATES[image.state]}`)
    }
    isComplete = changes.isComplete
    problems.replaceChildren(...changes.problems.map((problem) => el('li', { textContent: visible(problem) })))
    problems.hidden = changes.problems.length === 0
    arrange()
  }

  const filter = el('input', {
    type: 'search',
    oninput() {
      choice.words = filter.value
      arrange()
    },
  })
  const controls = el(
    'search',
    { className: 'controls', ariaLabel: 'Which images' },
    el('label', {}, 'Filter', filter),
    select('State', [['all', 'all'], ...Object.entries(STATES)] as const, 'all', (state) => {
      choice.state = state as Choice['state']
      arrange()
    }),
    select('Sort by', Object.entries(SORTS), 'name', (sort) => {
      choice.sort = sort as Choice['sort']
      arrange()
    }),
  )
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target !== document.body) return
    event.preventDefault()
    filter.focus()
  })
  document.body.append(
    el('header', {}, el('h1', { textContent: source.title }), summary),
    el('main', {}, controls, lost, problems, list, nothing),
    said,
    detail.element,
  )
  let asked = nameInAddress()
  source.begin(
    (changes) => {
      onChanges(changes)
      if (asked === undefined) return
      open(asked)
      // It may be among the images that follow.
      if (images.has(asked) || isComplete) asked = undefined
    },
    (isLost) => void (lost.hidden = !isLost),
  )
}

/** The image that the address of the page names. */
function nameInAddress(): string | undefined {
  try {
    return decodeURIComponent(location.hash.slice(1)) || undefined
  } catch {
    return undefined
  }
}

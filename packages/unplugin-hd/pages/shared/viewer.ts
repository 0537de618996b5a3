import { difference } from './difference.ts'
import { choice, el, select } from './dom.ts'
import { createLoupe } from './loupe.ts'

/** An image in several versions; the first one is the image as it is. */
export interface Viewed {
  name: string
  /** In CSS pixels: those of the image as it is. */
  width: number
  height: number
  versions: readonly { label: string; url: string }[]
}

type View = 'slider' | 'side' | 'difference'
type Zoom = 'fit' | '1' | '2' | '4'

const VIEWS = [
  ['slider', 'slider'],
  ['side', 'side by side'],
  ['difference', 'difference'],
] as const

const ZOOMS = [
  ['fit', 'fit'],
  ['1', '1×'],
  ['2', '2×'],
  ['4', '4×'],
] as const

/** Before and after with a slider, side by side, or their difference; zoom, and a loupe for single pixels. */
export function createViewer({ name, width, height, versions }: Viewed, startZoom: Zoom): HTMLElement[] {
  let view: View = 'slider'
  let zoom = startZoom
  let [left, right] = [0, versions.length - 1]
  let border = 50
  let magnified = false
  // The files are twice as large, or more; a taller one would need scrolling.
  const fitting = `min(100%, ${2 * width}px, ${((62 * width) / height).toFixed(2)}vh)`
  const loupe = createLoupe({ width, height })
  const mark = el('div', { className: 'mark' })
  const stage = el('div', {
    className: 'stage',
    tabIndex: 0,
    role: 'region',
    ariaLabel: `${name}, enlarged view: scroll with the arrow keys, or move the loupe when it is on`,
  })
  const note = el('p', { role: 'status' })
  const slide = el('input', { type: 'range', className: 'slide', min: '0', max: '100', step: 'any', value: '50' })
  slide.ariaLabel = `${name}: border between the two images, in percent from the left`

  const imageOf = (number: number): HTMLImageElement => {
    const { label, url } = versions[number]!
    return el('img', { src: url, alt: `${name}, ${label}`, draggable: false })
  }
  const sized = <Kind extends HTMLElement>(element: Kind): Kind => {
    element.style.aspectRatio = `${width} / ${height}`
    element.style.width = zoom === 'fit' ? fitting : `${width * Number(zoom)}px`
    return element
  }
  const layers = (): HTMLElement | null => stage.querySelector('.layers')
  const place = (): void => {
    const [over, edge] = ['.over', '.edge'].map((part) => stage.querySelector<HTMLElement>(part))
    if (over) over.style.clipPath = `inset(0 0 0 ${border}%)`
    if (edge) edge.style.left = `calc(${border}% - 1px)`
    mark.style.left = `${(100 * loupe.at.x) / width}%`
    mark.style.top = `${(100 * loupe.at.y) / height}%`
  }
  const draw = (): void => {
    stage.replaceChildren()
    note.hidden = view !== 'difference'
    slide.hidden = view !== 'slider'
    loupe.element.hidden = !magnified || view !== 'slider'
    mark.hidden = loupe.element.hidden
    if (view === 'slider') {
      const [under, over] = [imageOf(left), imageOf(right)]
      over.className = 'over'
      stage.append(sized(el('div', { className: 'layers' }, under, over, el('div', { className: 'edge' }), mark)))
      if (magnified)
        loupe.show(
          [under, over],
          [left, right].map((number) => versions[number]!.label),
        )
      place()
    } else if (view === 'side') {
      const figures = versions.map(({ label }, number) =>
        el('figure', {}, sized(imageOf(number)), el('figcaption', { textContent: label })),
      )
      const side = el('div', { className: 'side' }, ...figures)
      const column = zoom === 'fit' ? 'minmax(0, 1fr)' : `${width * Number(zoom)}px`
      side.style.gridTemplateColumns = `repeat(${figures.length}, ${column})`
      stage.append(side)
    } else void showDifference()
  }
  const showDifference = async (): Promise<void> => {
    const [one, two] = [versions[left]!, versions[right]!]
    const words = `${one.label} and ${two.label}`
    const shown = await difference(one.url, two.url, words)
    // Something else may have been chosen meanwhile.
    if (view !== 'difference' || versions[left] !== one || versions[right] !== two) return
    shown.canvas.ariaLabel = `${name}: difference of ${words}`
    stage.replaceChildren(sized(shown.canvas))
    note.textContent = shown.text
  }

  // The border follows a pointer that is held down, the loupe any.
  const follow = (event: PointerEvent): void => {
    const box = layers()?.getBoundingClientRect()
    if (!box) return
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
    if (magnified) loupe.move(Math.floor(x * width), Math.floor(y * height))
    if (event.buttons === 1) {
      border = Math.min(100, Math.max(0, 100 * x))
      slide.value = String(border)
    }
    place()
  }
  stage.addEventListener('pointerdown', follow)
  stage.addEventListener('pointermove', follow)
  stage.addEventListener('keydown', (event) => {
    const step = STEPS[event.key]
    if (!step || !magnified || view !== 'slider') return
    event.preventDefault()
    const far = event.shiftKey ? 10 : 1
    loupe.move(loupe.at.x + far * step[0], loupe.at.y + far * step[1])
    place()
  })
  slide.addEventListener('input', () => {
    border = Number(slide.value)
    place()
  })

  const labels = versions.map(({ label }, index) => [String(index), label] as const)
  const isOn = el('input', {
    type: 'checkbox',
    onchange() {
      magnified = isOn.checked
      draw()
    },
  })
  const controls = el(
    'div',
    { className: 'controls' },
    choice('View', VIEWS, view, (value) => {
      view = value
      draw()
    }),
    choice('Zoom', ZOOMS, zoom, (value) => {
      zoom = value
      draw()
    }),
    select('Left', labels, String(left), (value) => {
      left = Number(value)
      draw()
    }),
    select('Right', labels, String(right), (value) => {
      right = Number(value)
      draw()
    }),
    el('label', {}, isOn, 'Loupe'),
  )
  draw()
  return [controls, stage, slide, loupe.element, note]
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

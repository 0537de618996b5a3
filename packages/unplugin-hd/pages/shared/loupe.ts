import { el } from './dom.ts'

/** Pixels of the source that are shown in each direction. */
const REACH = 12
/** Of the canvas, in CSS pixels. */
const SIDE = 192

export interface Loupe {
  element: HTMLElement
  /** Magnifies these images. */
  show(images: readonly HTMLImageElement[], labels: readonly string[]): void
  /** Moves to a point, in pixels of the source, and stays within the image. */
  move(x: number, y: number): void
  readonly at: Readonly<{ x: number; y: number }>
}

/** The same few pixels of two images side by side, so large that each can be seen, and their colours as text. @param size of the source */
export function createLoupe(size: { width: number; height: number }): Loupe {
  const text = el('p', { role: 'status' })
  const parts = [0, 1].map(() => {
    const canvas = el('canvas', { width: SIDE, height: SIDE, role: 'img' })
    const caption = el('figcaption')
    return { canvas, caption, figure: el('figure', {}, canvas, caption) }
  })
  const element = el('div', { className: 'loupe' }, ...parts.map(({ figure }) => figure), text)
  const at = { x: size.width >> 1, y: size.height >> 1 }
  let shown: readonly HTMLImageElement[] = []
  let labels: readonly string[] = []

  const draw = (): void => {
    const colours = parts.map(({ canvas }, index) => paint(canvas, shown[index]))
    text.textContent = `Pixel ${at.x}, ${at.y}: ${labels.map((label, index) => `${label} ${colours[index]}`).join('; ')}`
  }
  const paint = (canvas: HTMLCanvasElement, image: HTMLImageElement | undefined): string => {
    const context = canvas.getContext('2d', { willReadFrequently: true })!
    context.clearRect(0, 0, SIDE, SIDE)
    if (!image?.complete || image.naturalWidth === 0) return 'is not loaded'
    const scale = image.naturalWidth / size.width
    const [left, top] = [at.x + 0.5 - REACH, at.y + 0.5 - REACH].map((side) => side * scale) as [number, number]
    context.imageSmoothingEnabled = false
    context.drawImage(image, left, top, 2 * REACH * scale, 2 * REACH * scale, 0, 0, SIDE, SIDE)
    const [red, green, blue] = context.getImageData(SIDE / 2, SIDE / 2, 1, 1).data
    context.strokeStyle = '#f0f'
    context.strokeRect(SIDE / 2 - SIDE / REACH / 4, SIDE / 2 - SIDE / REACH / 4, SIDE / REACH / 2, SIDE / REACH / 2)
    return `rgb(${red}, ${green}, ${blue})`
  }

  return {
    element,
    at,
    show(images, names) {
      shown = images
      labels = names
      parts.forEach(({ canvas, caption }, index) => {
        caption.textContent = names[index] ?? ''
        canvas.ariaLabel = `${names[index] ?? ''}, magnified`
      })
      for (const image of images) if (!image.complete) image.addEventListener('load', draw, { once: true })
      draw()
    },
    move(x, y) {
      at.x = Math.round(Math.min(size.width - 1, Math.max(0, x)))
      at.y = Math.round(Math.min(size.height - 1, Math.max(0, y)))
      draw()
    },
  }
}

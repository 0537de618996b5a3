import { el } from './dom.ts'

/** Differences are shown so many times as bright. */
const GAIN = 4

export interface Difference {
  canvas: HTMLCanvasElement
  /** What it shows, with figures. */
  text: string
}

/** What differs between two images, channel by channel and brighter than it is, at the size of the larger one. */
export async function difference(one: string, two: string, words: string): Promise<Difference> {
  const [a, b] = await Promise.all([loadImage(one), loadImage(two)])
  const width = Math.max(a.naturalWidth, b.naturalWidth)
  const height = Math.max(a.naturalHeight, b.naturalHeight)
  const [first, second] = [a, b].map((image) => pixelsOf(image, width, height)) as [ImageData, ImageData]
  const { sum, largest } = subtract(first.data, second.data)
  const canvas = el('canvas', { width, height, role: 'img' })
  canvas.getContext('2d')!.putImageData(first, 0, 0)
  const mean = (sum / (3 * width * height)).toFixed(2)
  return {
    canvas,
    text: `Difference of ${words}, ${GAIN} times as bright: ${mean} of 255 levels on average, ${largest} at most.`,
  }
}

export async function loadImage(src: string): Promise<HTMLImageElement> {
  const image = el('img', { src })
  await image.decode()
  return image
}

function pixelsOf(image: HTMLImageElement, width: number, height: number): ImageData {
  const context = el('canvas', { width, height }).getContext('2d', { willReadFrequently: true })!
  context.imageSmoothingQuality = 'high'
  context.drawImage(image, 0, 0, width, height)
  return context.getImageData(0, 0, width, height)
}

/** Writes the difference into the first. */
function subtract(one: Uint8ClampedArray, two: Uint8ClampedArray): { sum: number; largest: number } {
  let sum = 0
  let largest = 0
  for (let at = 0; at < one.length; at += 4) {
    for (let channel = at; channel < at + 3; channel++) {
      const distance = Math.abs(one[channel]! - two[channel]!)
      sum += distance
      if (distance > largest) largest = distance
      one[channel] = GAIN * distance
    }
    one[at + 3] = 255
  }
  return { sum, largest }
}

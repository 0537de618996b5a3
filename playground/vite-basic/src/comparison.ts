import { element } from './element.ts'

export interface Comparison {
  /** What the image shows, for its description. */
  alt: string
  /** The image as the import names it, for the caption. */
  file: string
  /** URL of the 1x image. */
  src: string
  /** What `?hd&as=meta` gives: the URL of the 2x image, and its size in pixels. */
  hd: { src: string; width: number; height: number }
}

/** The 1x image beside its 2x, one pixel of the 2x for each pixel of the page. */
export function comparison({ alt, file, src, hd }: Comparison): HTMLElement {
  const { width, height } = hd
  return element(
    'figure',
    { style: `--width: ${width}px; --height: ${height}px` },
    element('compare-slider', { src, hd: hd.src, alt }),
    element('figcaption', {}, element('code', {}, `${file}?hd`), ` ${width / 2}×${height / 2} → ${width}×${height}`),
  )
}

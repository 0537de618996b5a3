import { createLiveLine } from './live-line.ts'
import { formatTime } from './text.ts'

const CELLS = 20

export interface Bar {
  /** One image is done or failed. @param megapixels of its source */
  tick: (megapixels: number) => void
  /** Removes the bar, so that other output can be printed. */
  clear: () => void
}

/**
 * A progress bar for many images; does nothing if the stream is not a terminal.
 * @param total megapixels of all sources, if known, for a better estimate of the remaining time
 */
export function createBar(
  stream: { write(text: string): unknown; isTTY?: boolean; columns?: number },
  images: number,
  total: number | undefined,
  now: () => number = () => performance.now(),
): Bar {
  const live = createLiveLine(stream, stream.isTTY !== true)
  const begun = now()
  let done = 0
  let pixels = 0
  const show = (): void => live.show(renderBar({ done, images, pixels, total, ms: now() - begun }))
  show()
  return {
    tick(megapixels) {
      done++
      pixels += megapixels
      show()
    },
    clear: live.clear,
  }
}

/** `[#####···············] 10/40 images  3.4/9.1 MP  2.1 MP/s  2.7 s left` */
export function renderBar({
  done,
  images,
  pixels,
  total,
  ms,
}: {
  done: number
  images: number
  pixels: number
  total: number | undefined
  ms: number
}): string {
  const share = total === undefined || total === 0 ? done / Math.max(images, 1) : pixels / total
  const filled = Math.min(CELLS, Math.floor(CELLS * share))
  const rate = ms > 0 ? (1000 * pixels) / ms : 0
  return [
    `[${'#'.repeat(filled)}${'·'.repeat(CELLS - filled)}] ${done}/${images} images`,
    total === undefined ? `${pixels.toFixed(1)} MP` : `${pixels.toFixed(1)}/${total.toFixed(1)} MP`,
    ...(rate > 0 ? [`${rate.toFixed(rate < 10 ? 2 : 0)} MP/s`] : []),
    // No estimate before the first image.
    ...(share > 0 && share < 1 ? [`${formatTime((ms * (1 - share)) / share)} left`] : []),
  ].join('  ')
}

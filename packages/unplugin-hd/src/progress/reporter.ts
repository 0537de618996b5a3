import { visible, type DoneImage, type HdEvent, type Traffic } from '@unplugin-hd/core'
import { createLiveLine, ERASE } from './live-line.ts'
import { createStyle, formatBytes, formatImage, formatTime, formatTraffic } from './text.ts'

/** Up to this many images, cache hits are listed one by one. */
const MAX_LISTED = 20

export interface ReporterDeps {
  stream: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  /** Print only warnings. */
  quiet: boolean
  warn: (message: string) => void
}

export interface Reporter {
  onEvent: (event: HdEvent) => void
  info: (message: string) => void
  /** Prints the summary, if there were images, and resets the counters. @param traffic with the remote cache */
  end: (traffic?: Traffic) => void
}

/** Prints the progress of a build: a live line on a terminal, one line per made image, and a summary. */
export function createReporter({ stream, quiet, warn }: ReporterDeps): Reporter {
  const style = createStyle(stream.isTTY === true)
  const live = createLiveLine(stream, quiet || stream.isTTY !== true)
  let build = newBuild()

  const print = (text: string): void => {
    if (quiet) return
    // Also erases the bundler's own status line.
    const start = stream.isTTY ? ERASE : ''
    stream.write(`${start}${style('dim', 'hd')} ${text}\n`)
  }
  const position = (): string => `${build.done}/${build.queued}`
  const line = (name: string, image: DoneImage): string => `${style('bold', name)}  ${formatImage(image)}`

  const onDone = (name: string, image: DoneImage): void => {
    const key = `${name} ${image.format} ${image.bytes}`
    // Several imports or environments may request the same image: only the first result counts.
    if (build.images.has(key)) return
    build.images.set(key, { name, image })
    if (image.cache === 'hit' || image.cache === 'off') return
    print(`${position()} ${line(name, image)}`)
  }

  return {
    info: (message) => print(visible(message)),
    onEvent(told) {
      const event = { ...told, name: visible(told.name) }
      switch (event.type) {
        case 'queued':
          build.queued++
          break
        case 'settled':
          build.done++
          break
        case 'progress':
          live.show(
            `hd ${position()} ${event.name} ${Math.round(100 * event.fraction)} % ${formatTime(performance.now() - build.begun)}`,
          )
          break
        case 'upscaled':
          if (event.metered) build.metered++
          live.show(`hd ${position()} ${event.name} ${visible(event.upscaler)} …`)
          break
        case 'done':
          onDone(event.name, event.image)
          break
        case 'failed':
          build.failed++
          live.clear()
          break
        case 'warning':
          live.clear()
          warn(`${event.name}: ${visible(event.message)}`)
          break
        case 'start':
          break
      }
    },
    end(traffic) {
      live.clear()
      const images = [...build.images.values()]
      if (images.length > 0) {
        const listed = images.filter(({ image }) => image.cache === 'hit' || image.cache === 'off')
        if (images.length <= MAX_LISTED) for (const { name, image } of listed) print(line(name, image))
        print(summary(build))
        const remote = traffic && formatTraffic(traffic)
        if (remote) print(remote)
      }
      build = newBuild()
    },
  }
}

interface Build {
  begun: number
  queued: number
  done: number
  failed: number
  metered: number
  images: Map<string, { name: string; image: DoneImage }>
}

function newBuild(): Build {
  return { begun: performance.now(), queued: 0, done: 0, failed: 0, metered: 0, images: new Map() }
}

/** `3 images: 2 made, 1 from cache; 1.4 s of work, 99.0 kB → 512.3 kB` */
function summary({ images, failed, metered }: Build): string {
  const all = [...images.values()].map(({ image }) => image)
  const count = (state: DoneImage['cache']): number => all.filter(({ cache }) => cache === state).length
  const states = [
    [count('made'), 'made'],
    [count('encoded'), 'encoded from cache'],
    [count('hit'), 'from cache'],
    [count('off'), 'left at 1x'],
    [failed, 'failed'],
    [metered, 'metered calls'],
  ] as const
  const parts = states.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`)
  const sum = (of: (image: DoneImage) => number): number => all.reduce((total, image) => total + of(image), 0)
  return (
    `${all.length} ${all.length === 1 ? 'image' : 'images'}: ${parts.join(', ')}; ` +
    `${formatTime(sum(({ ms }) => ms))} of work, ${formatBytes(sum(({ source }) => source.bytes))} → ${formatBytes(sum(({ bytes }) => bytes))}`
  )
}

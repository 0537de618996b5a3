import { styleText } from 'node:util'
import { visible, type DoneImage } from '@unplugin-hd/core'

const STATES: Readonly<Record<DoneImage['cache'], string>> = {
  hit: 'from cache',
  encoded: 'encoded from cache',
  made: 'made',
  off: 'source, 1x',
}

/** `36.0 kB`, in units of 1000 as file managers and bundlers use them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(2)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

/** `12 ms`, `1.3 s`, `2 min 5 s` */
export function formatTime(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `640x427 → 1280x854  36.0 kB → 94.2 kB  1.3 s  made (neural)` */
export function formatImage({ source, width, height, bytes, ms, cache, upscaler }: DoneImage): string {
  return [
    `${source.width}x${source.height} → ${width}x${height}`,
    `${formatBytes(source.bytes)} → ${formatBytes(bytes)}`,
    formatTime(ms),
    upscaler ? `${STATES[cache]} (${visible(upscaler)})` : STATES[cache],
  ].join('  ')
}

/** Colours for this stream: none where it is no terminal or `NO_COLOR` is set (https://no-color.org). */
export function createStyle(isTerminal: boolean): (style: 'dim' | 'bold' | 'red' | 'green' | 'yellow', text: string) => string {
  const plain = !isTerminal || process.env['NO_COLOR']
  return (style, text) => (plain ? text : styleText(style, text))
}

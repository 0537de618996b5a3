import { styleText } from 'node:util'
import { visible, type DoneImage, type Traffic } from '@unplugin-hd/core'
import { formatBytes, formatTime } from './units.ts'

export { formatBytes, formatTime } from './units.ts'

const STATES: Readonly<Record<DoneImage['cache'], string>> = {
  hit: 'from cache',
  encoded: 'encoded from cache',
  made: 'made',
  off: 'source, 1x',
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

/** `remote cache: 3 entries fetched (1.20 MB), 1 entry sent (36.0 kB)`; empty when there was none. */
export function formatTraffic({ fetched, fetchedBytes, sent, sentBytes }: Traffic): string {
  const parts = [...formatTransfer(fetched, fetchedBytes, 'fetched'), ...formatTransfer(sent, sentBytes, 'sent')]
  return parts.length === 0 ? '' : `remote cache: ${parts.join(', ')}`
}

function formatTransfer(entries: number, bytes: number, what: string): string[] {
  return entries === 0 ? [] : [`${entries} ${entries === 1 ? 'entry' : 'entries'} ${what} (${formatBytes(bytes)})`]
}

/** Colours for a stream: none if it is not a terminal or `NO_COLOR` is set (https://no-color.org). */
export function createStyle(isTerminal: boolean): (style: 'dim' | 'bold' | 'red' | 'green' | 'yellow', text: string) => string {
  const plain = !isTerminal || process.env['NO_COLOR']
  return (style, text) => (plain ? text : styleText(style, text))
}

import { createHash, hash } from 'node:crypto'
import type { StoreEntry } from './store.ts'

const MAGIC = 'unplugin-hd-entry'
const LINE_FEED = 10

/**
 * An entry as one file: a line `unplugin-hd-entry <key> <meta bytes> <payload bytes> <SHA-256 of both>`, the meta as JSON,
 * the payload. The line reveals any damage: truncation, zeros, mixed content, a wrong name.
 * @param key text without white space
 */
export function serializeEntry(key: string, { meta, bytes }: StoreEntry): Uint8Array[] {
  const json = Buffer.from(JSON.stringify(meta))
  return [Buffer.from(`${MAGIC} ${key} ${json.length} ${bytes.length} ${digest(json, bytes)}\n`), json, bytes]
}

/**
 * Parses an entry; `undefined` when the file is damaged or was written for another key. The payload is a view, not a copy.
 */
export function parseEntry(key: string, file: Uint8Array): StoreEntry | undefined {
  const head = parseHead(key, file)
  if (!head || file.length !== head.size) return undefined
  // Meta and payload are adjacent, so one call hashes both.
  if (hash('sha256', file.subarray(head.start)) !== head.sum) return undefined
  const meta = parseMeta(file.subarray(head.start, head.middle))
  return meta && { meta, bytes: file.subarray(head.middle) }
}

/**
 * What the beginning of a file says, unverified, for lists of many: the meta and as much of the payload as is there.
 * `undefined` if it is not an entry of that key, or the meta is incomplete.
 * @param size of the whole file
 */
export function parseBeginning(key: string, beginning: Uint8Array, size: number): StoreEntry | undefined {
  const head = parseHead(key, beginning)
  if (!head || size !== head.size || beginning.length < head.middle) return undefined
  const meta = parseMeta(beginning.subarray(head.start, head.middle))
  return meta && { meta, bytes: beginning.subarray(head.middle) }
}

/** Where what begins in the file, and the SHA-256 digest of all after the line. */
function parseHead(key: string, file: Uint8Array): { start: number; middle: number; size: number; sum: string } | undefined {
  const lineEnd = file.subarray(0, 256).indexOf(LINE_FEED)
  if (lineEnd < 0) return undefined
  const line = Buffer.from(file.buffer, file.byteOffset, lineEnd).toString('latin1')
  const [magic, owner, metaBytes, payloadBytes, sum = ''] = line.split(' ')
  if (magic !== MAGIC || owner !== key) return undefined
  const start = lineEnd + 1
  const middle = start + Number(metaBytes)
  return { start, middle, size: middle + Number(payloadBytes), sum }
}

/** The digest proves that the file is complete, not that its content can be trusted. */
function parseMeta(json: Uint8Array): StoreEntry['meta'] | undefined {
  try {
    const meta: unknown = JSON.parse(Buffer.from(json).toString('utf8'))
    return typeof meta === 'object' && meta !== null && !Array.isArray(meta) ? { ...meta } : undefined
  } catch {
    return undefined
  }
}

function digest(json: Uint8Array, bytes: Uint8Array): string {
  return createHash('sha256').update(json).update(bytes).digest('hex')
}

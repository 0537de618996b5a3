import { createHash } from 'node:crypto'
import { parseEntry, serializeEntry, type StoreEntry } from '@unplugin-hd/core'
import type { Scheme } from './signature.ts'

const MAGIC = 'unplugin-hd-remote'
const LINE_FEED = 10
const MAX_LINE = 256

/**
 * An entry as it travels: a line `unplugin-hd-remote <scheme> <seal>`, then the entry as a file. The seal covers key and file, so
 * that an entry cannot be passed off as another.
 */
export function sealEntry(key: string, entry: StoreEntry, { name, seal }: Scheme): Buffer {
  if (!seal) throw new TypeError('without a private key nothing can be sealed')
  const parts = serializeEntry(key, entry)
  const line = Buffer.from(`${MAGIC} ${name} ${seal(digestOf(key, parts))}\n`)
  return Buffer.concat([line, ...parts])
}

/** The entry, or what is wrong with it, in words that follow "it". */
export function openSealed(key: string, file: Uint8Array, scheme: Scheme): { entry: StoreEntry } | { problem: string } {
  const end = file.subarray(0, MAX_LINE).indexOf(LINE_FEED)
  const line = Buffer.from(file.buffer, file.byteOffset, Math.max(0, end)).toString('latin1')
  const [magic, name, seal = '', ...rest] = line.split(' ')
  if (magic !== MAGIC || rest.length > 0) return { problem: 'is no entry of unplugin-hd' }
  if (name !== scheme.name) return { problem: `has the signature '${name}' instead of '${scheme.name}'` }
  const content = file.subarray(end + 1)
  if (!scheme.matches(digestOf(key, [content]), seal)) return { problem: WRONG[scheme.name] }
  const entry = parseEntry(key, content)
  return entry ? { entry } : { problem: 'is damaged, or the entry of another image' }
}

const WRONG: Readonly<Record<Scheme['name'], string>> = {
  sha256: 'is damaged, or the entry of another image',
  'hmac-sha256': 'has a wrong signature',
  ed25519: 'has a wrong signature',
}

function digestOf(key: string, parts: readonly Uint8Array[]): Buffer {
  const digest = createHash('sha256').update(`${MAGIC}\n${key}\n`)
  for (const part of parts) digest.update(part)
  return digest.digest()
}

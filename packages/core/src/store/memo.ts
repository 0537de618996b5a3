import { hash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { writeAtomically } from './atomic-file.ts'
import type { CacheFolder } from './cache-folder.ts'
import { parseEntry, serializeEntry } from './entry.ts'
import { HdError } from '../errors.ts'
import type { Memo } from '../upscaler/upscaler.ts'

const MAX_VALUE_BYTES = 64 * 1024

/**
 * The memory of one upscaler, one file per value, written atomically.
 * @param upscaler its name: each upscaler sees only its own values
 */
export function createMemo({ memo, temporary }: CacheFolder, upscaler: string): Memo {
  const fileOf = (key: string): string => path.join(memo, folderName(upscaler), nameOf(key))
  return {
    async get(key) {
      const file = await readFile(fileOf(key)).catch(() => undefined)
      const entry = file && parseEntry(nameOf(key), file)
      return entry && Buffer.from(entry.bytes).toString('utf8')
    },
    async set(key, value) {
      const bytes = checkedValue(value)
      await writeAtomically(temporary, fileOf(key), serializeEntry(nameOf(key), { meta: {}, bytes }))
    },
    async delete(key) {
      await rm(fileOf(key), { force: true })
    },
  }
}

const processMemos = new Map<string, Map<string, string>>()

/** A memory that lasts as long as the process, for stores without one. @param scope of the cache */
export function createProcessMemo(scope: string, upscaler: string): Memo {
  const id = `${scope}\0${upscaler}`
  const values = processMemos.get(id) ?? new Map<string, string>()
  processMemos.set(id, values)
  return {
    get: async (key) => values.get(key),
    async set(key, value) {
      checkedValue(value)
      values.set(key, value)
    },
    async delete(key) {
      values.delete(key)
    },
  }
}

function checkedValue(value: string): Buffer {
  const bytes = Buffer.from(value)
  if (bytes.length <= MAX_VALUE_BYTES) return bytes
  throw new HdError('HD_CACHE_IO', `a memo value has ${bytes.length} bytes, at most ${MAX_VALUE_BYTES} are kept`)
}

function nameOf(key: string): string {
  return hash('sha256', key)
}

/** Unique per name and safe on every file system (`..`, `*`, `CON`, length). */
function folderName(upscaler: string): string {
  const readable = upscaler.replace(/[^a-z0-9]+/gi, '-').slice(0, 32)
  return `${readable}-${hash('sha256', upscaler).slice(0, 16)}`
}

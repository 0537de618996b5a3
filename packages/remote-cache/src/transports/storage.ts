import type { RemoteStorage } from '@unplugin-hd/core'
import { RemoteFailure } from '../failure.ts'
import type { Transport } from './transport.ts'

/** What drivers without raw values of their own put before base64. */
const BASE64 = 'base64:'

/**
 * A user's storage. The first entry that is written is read back: some drivers store text, and change or inflate bytes.
 * @param warn told once
 */
export function storageTransport(
  storage: RemoteStorage & { getItem?(key: string): Promise<unknown> },
  warn: (text: string) => void,
): Transport {
  let tried: Promise<void> | undefined
  const tryOut = async (key: string, bytes: Buffer): Promise<void> => {
    const back = toBytes(await storage.getItemRaw(key))
    if (!back || Buffer.compare(back, bytes) !== 0) {
      throw new RemoteFailure('denied', 'what is written is not what is read: the driver does not keep bytes')
    }
    const text = await storage.getItem?.(key).catch(() => undefined)
    if (typeof text === 'string' && text.startsWith(BASE64)) {
      warn('its driver stores bytes as base64, which takes a third more space and time: use a driver that keeps raw bytes')
    }
  }
  return {
    async get(key, maxBytes) {
      const value = await storage.getItemRaw(key)
      if (value === null || value === undefined) return undefined
      const bytes = toBytes(value)
      if (!bytes) throw new RemoteFailure('other', `'getItemRaw' returned a ${typeof value} instead of bytes`)
      if (bytes.length > maxBytes) throw new RemoteFailure('too-large', `an entry has more than ${maxBytes} bytes`)
      return bytes
    },
    has: (key) => storage.hasItem(key),
    async put(key, bytes) {
      await storage.setItemRaw(key, bytes)
      tried ??= tryOut(key, bytes)
      await tried
    },
    close: async () => undefined,
  }
}

function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined
}

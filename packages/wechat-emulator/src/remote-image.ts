import { Refusal } from './errcodes.ts'

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/
const TIMEOUT_MS = 5000

/**
 * Fetches `img_url`, as WeChat's servers do. Only from loopback unless the user allows more, so that a test cannot reach the
 * network by accident.
 * @param maxBytes reading stops beyond this; the result is then larger, for the caller to refuse
 * @throws Refusal 101000 for an address that is malformed, not allowed, unreachable or slow, or that returns an error
 */
export async function fetchImage(address: string, maxBytes: number, allowRemote: boolean): Promise<Uint8Array> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) throw new Refusal(101000)
  if (!allowRemote && !LOOPBACK.test(url.hostname)) throw new Refusal(101000)
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (!response.ok || !response.body) throw new Refusal(101000)
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of response.body) {
      chunks.push(chunk as Uint8Array)
      length += (chunk as Uint8Array).length
      if (length > maxBytes) break
    }
    return Buffer.concat(chunks)
  } catch {
    throw new Refusal(101000)
  }
}

import { KserveError } from '../errors.ts'

/** An object in JSON. @throws KserveError `KSERVE_RESPONSE` */
export function parseObject(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below: the message of a parser shows what was sent.
  }
  throw new KserveError('KSERVE_RESPONSE', 'an answer is no JSON object as the protocol has it', {
    remedy: 'Check the option `url`: it must lead to the server itself, without a log-in page between',
  })
}

import { createHash } from 'node:crypto'

/**
 * Tells accounts apart in what is kept on disk.
 * @param identity how they are reached, no secret among it
 * @returns 16 hexadecimal digits
 */
export function accountName(...identity: string[]): string {
  return createHash('sha256').update(identity.join('\n')).digest('hex').slice(0, 16)
}

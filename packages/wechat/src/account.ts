import { createHash } from 'node:crypto'

/**
 * Names an account in what is kept on disk.
 * @param identity how the account is reached; no secrets
 * @returns 16 hexadecimal digits
 */
export function accountName(...identity: string[]): string {
  return createHash('sha256').update(identity.join('\n')).digest('hex').slice(0, 16)
}

import { createHmac, createPrivateKey, createPublicKey, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto'
import { errorMessage, HdError, type ResolvedRemote } from '@unplugin-hd/core'

/** How entries are sealed. A seal is hexadecimal text, so that it has one form only. */
export interface Scheme {
  readonly name: 'sha256' | 'hmac-sha256' | 'ed25519'
  /** @param digest of key and entry. `undefined` where only checking is possible */
  readonly seal: ((digest: Buffer) => string) | undefined
  matches(digest: Buffer, seal: string): boolean
}

/** Reveals damage and mixed-up entries, but anybody can make it. */
const UNSIGNED: Scheme = {
  name: 'sha256',
  seal: (digest) => digest.toString('hex'),
  matches: (digest, seal) => isEqual(digest.toString('hex'), seal),
}

/**
 * The scheme that options and environment ask for.
 * @throws HdError `HD_REMOTE` for a key that is missing or cannot be read
 */
export function schemeOf(
  { publicKey, keyEnv, signed }: Pick<ResolvedRemote, 'publicKey' | 'keyEnv' | 'signed'>,
  env: Readonly<Record<string, string | undefined>>,
): Scheme {
  const secret = env[keyEnv] || undefined
  if (publicKey !== undefined) return ed25519(publicKey, secret, keyEnv)
  if (secret !== undefined) return hmac(secret)
  if (!signed) return UNSIGNED
  throw new HdError('HD_REMOTE', `entries must be signed, but ${keyEnv} is not set, so none can be checked`, {
    remedy: `Set ${keyEnv}, or the option 'cache.remote.publicKey'`,
  })
}

function hmac(secret: string): Scheme {
  const seal = (digest: Buffer): string => createHmac('sha256', secret).update(digest).digest('hex')
  return { name: 'hmac-sha256', seal, matches: (digest, given) => isEqual(seal(digest), given) }
}

function ed25519(publicKey: string, privateKey: string | undefined, keyEnv: string): Scheme {
  const toCheck = parseKey("the option 'cache.remote.publicKey'", () => readPublic(publicKey))
  const toSign = privateKey === undefined ? undefined : parseKey(keyEnv, () => readPrivate(privateKey))
  if (toSign && !isPair(toSign, toCheck)) {
    throw new HdError('HD_REMOTE', `the private key in ${keyEnv} does not belong to 'cache.remote.publicKey'`)
  }
  return {
    name: 'ed25519',
    seal: toSign && ((digest) => sign(null, digest, toSign).toString('hex')),
    matches: (digest, seal) => /^[\da-f]{128}$/.test(seal) && verify(null, digest, toCheck, Buffer.from(seal, 'hex')),
  }
}

/** PEM, its lines possibly joined by `\n` in a variable, or the same in base64 of DER. */
function readPublic(text: string): KeyObject {
  return isPem(text)
    ? createPublicKey(toPem(text))
    : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
}

function readPrivate(text: string): KeyObject {
  return isPem(text)
    ? createPrivateKey(toPem(text))
    : createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' })
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN')
}

function toPem(text: string): string {
  return text.replaceAll('\\n', '\n')
}

function parseKey(name: string, read: () => KeyObject): KeyObject {
  let key: KeyObject
  try {
    key = read()
  } catch (cause) {
    throw new HdError('HD_REMOTE', `${name} is no key in PEM or base64: ${errorMessage(cause)}`)
  }
  if (key.asymmetricKeyType === 'ed25519') return key
  throw new HdError('HD_REMOTE', `${name} is a key for ${key.asymmetricKeyType}, expected Ed25519`)
}

function isPair(privateKey: KeyObject, publicKey: KeyObject): boolean {
  return createPublicKey(privateKey).equals(publicKey)
}

function isEqual(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given, 'latin1'))
}

import { HdError } from '../errors.ts'

const evil = (): never => {
  throw new Error('caught while reporting')
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function circle(): Error {
  const error = new Error('round')
  error.cause = error
  return error
}

/** Thrown values that are dangerous to report. */
export const HOSTILE: readonly [what: string, value: unknown][] = [
  ['a proxy that throws', new Proxy({}, { get: evil, getPrototypeOf: evil, has: evil, ownKeys: evil })],
  ['a proxy of an HdError', new Proxy(new HdError('HD_FIT', 'x'), { get: (_, key) => (key === 'isHdError' ? true : evil()) })],
  ['a getter that throws', Object.defineProperty(new Error('x'), 'message', { get: evil })],
  ['an HdError whose message cannot be read', Object.defineProperty(new HdError('HD_FIT', 'x'), 'message', { get: evil })],
  ['what claims to be an HdError', { isHdError: true, code: 7, message: Symbol('x') }],
  ['no prototype', Object.create(null)],
  ['a symbol', Symbol('x')],
  ['a function', evil],
  ['null', null],
  ['undefined', undefined],
  ['a frozen error', Object.freeze(new Error('cold'))],
  ['a frozen HdError', Object.freeze(new HdError('HD_FIT', 'cold'))],
  ['a text that cannot be made', { toString: evil, message: 7 }],
  ['a revoked proxy', revoked()],
  ['a circle', circle()],
  ['much text', new Error('x'.repeat(1e7))],
  ['an HdError of much text', new HdError('HD_FIT', 'x'.repeat(1e7))],
]

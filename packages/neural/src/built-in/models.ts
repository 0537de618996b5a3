/** The built-in values of the option `model`, and how many views of an image each averages. */
export const MODELS = { fast: { views: 1 }, quality: { views: 8 } } as const

export type BuiltInName = keyof typeof MODELS

export function isBuiltInName(name: unknown): name is BuiltInName {
  return typeof name === 'string' && Object.hasOwn(MODELS, name)
}

/** Increase it when the same weights produce different pixels. */
const ALGORITHM = 3

/** The engine's digest of `models/hd-x2.hdw`. A constant, so that the version needs no file access; a test compares it. */
export const DIGEST = '92806dda5097993379d8814c4558649c40e96956e9983355bf540d0d9bef1f96'

/** Changes whenever pixels may change. The number of threads is not part of it, because it does not affect pixels. */
export function versionOf(name: BuiltInName): string {
  const { views } = MODELS[name]
  return `hd-x2-${DIGEST.slice(0, 16)}-a${ALGORITHM}${views === 1 ? '' : `-v${views}`}`
}

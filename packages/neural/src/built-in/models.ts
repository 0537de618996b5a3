/** The names that the option `model` knows, and how many views of an image each averages. */
export const MODELS = { fast: { views: 1 }, quality: { views: 8 } } as const

export type BuiltInName = keyof typeof MODELS

export function isBuiltInName(name: unknown): name is BuiltInName {
  return typeof name === 'string' && Object.hasOwn(MODELS, name)
}

/** Goes up when the same weights would give other pixels. */
const ALGORITHM = 2

/** Of `models/hd-x2.hdw`, as the engine tells it; written down so that the version costs no read. A test compares. */
export const DIGEST = '92806dda5097993379d8814c4558649c40e96956e9983355bf540d0d9bef1f96'

/** Changes whenever pixels may change; does not depend on threads, which change none. */
export function versionOf(name: BuiltInName): string {
  const { views } = MODELS[name]
  return `hd-x2-${DIGEST.slice(0, 16)}-a${ALGORITHM}${views === 1 ? '' : `-v${views}`}`
}

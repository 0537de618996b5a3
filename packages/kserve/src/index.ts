export { kserve } from './kserve.ts'
export type { KserveOptions } from './options.ts'
export { KSERVE_CODES, KserveError, type KserveCode } from './errors.ts'

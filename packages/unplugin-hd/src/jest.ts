import type { StubOptions as Options } from './jest/question.ts'
import { createResolver, type JestResolver } from './jest/resolver.ts'
import { transformImage } from './jest/transform.ts'

/** What Jest's options `resolver` and `transform` take. */
type HdForJest = JestResolver & { process: typeof transformImage; createResolver: typeof createResolver }

/**
 * For Jest's option `resolver`, and with ES modules also for `transform`: `?hd` imports give the shape and the sizes of a build with
 * fixed URLs, as with the option `stub` of the plugin.
 */
const hd: HdForJest = Object.assign(createResolver(), { process: transformImage, createResolver })
/** Types for modules that `require()` this entry. */
declare namespace hd {
  export type StubOptions = Options
}

export { hd as default, hd as 'module.exports' }
export type { StubOptions } from './jest/question.ts'
export { createResolver, type JestResolver } from './jest/resolver.ts'

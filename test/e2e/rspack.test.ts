import { describe } from 'vitest'
import { rspack } from './support/rspack.ts'
import { describeBundler } from './support/suite.ts'

describe('rspack', () => {
  describeBundler(rspack)
})

import { describe } from 'vitest'
import { rspack } from './support/rspack.ts'
import { describeBundler } from './support/suite.ts'
import { describeWebpackLike } from './support/webpack-suite.ts'

describe('rspack', () => {
  describeBundler(rspack)
  describeWebpackLike(rspack)
})

import { describe } from 'vitest'
import { webpack } from './support/webpack.ts'
import { describeBundler } from './support/suite.ts'
import { describeWebpackLike } from './support/webpack-suite.ts'

describe('webpack', () => {
  describeBundler(webpack)
  describeWebpackLike(webpack)
})

import { describe } from 'vitest'
import { webpack } from './support/webpack.ts'
import { describeBundler } from './support/suite.ts'

describe('webpack', () => {
  describeBundler(webpack)
})

import { describe } from 'vitest'
import { rollup } from './support/rollup.ts'
import { describeBundler } from './support/suite.ts'

describe('rollup', () => {
  describeBundler(rollup)
})

import { describe } from 'vitest'
import { rolldown } from './support/rolldown.ts'
import { describeBundler } from './support/suite.ts'

describe('rolldown', () => {
  describeBundler(rolldown)
})

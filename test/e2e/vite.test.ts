import { describe } from 'vitest'
import { describeBundler } from './support/suite.ts'
import { vite8 } from './support/vite.ts'

describe('vite 8', () => {
  describeBundler(vite8)
})

import { describe } from 'vitest'
import { describeBundler } from './support/suite.ts'
import { vite7 } from './support/vite.ts'

describe('vite 7', () => {
  describeBundler(vite7)
})

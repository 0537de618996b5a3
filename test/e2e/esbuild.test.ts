import { describe } from 'vitest'
import { esbuild } from './support/esbuild.ts'
import { describeBundler } from './support/suite.ts'

describe('esbuild', () => {
  describeBundler(esbuild)
})

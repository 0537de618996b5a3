import { availableParallelism } from 'node:os'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['packages/*/{src,pages}/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Vitest leaves one core out, which on two cores doubles the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // What is waited for comes, late only on a machine that has other things to do.
    expect: { poll: { timeout: 50_000 } },
  },
})
export default config

// Builds every place of an image with every bundler, prints the table, and writes it into docs/support.md.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
build()
const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/matrix', '--reporter=dot'], {
  cwd: ROOT,
  env: { ...process.env, HD_MATRIX: 'write' },
  stdio: 'inherit',
})
process.exit(status ?? 1)

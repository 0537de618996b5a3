import type { Bundler } from './bundler.ts'
import { bun, BUN } from './bun.ts'
import { esbuild } from './esbuild.ts'
import { rolldown } from './rolldown.ts'
import { rollup } from './rollup.ts'
import { rspack } from './rspack.ts'
import { webpack } from './webpack.ts'

/** Every bundler. The test file of a bundler imports only its own, because each takes a while to load. */
export const bundlers: readonly Bundler[] = [rollup, rolldown, webpack, rspack, esbuild, ...(BUN ? [bun] : [])]

import { join } from 'node:path'
import { promisify } from 'node:util'
import { rspack } from '@rspack/core'
import hd from 'unplugin-hd/rspack'

const compiler = rspack({
  mode: 'production',
  context: import.meta.dirname,
  entry: './src/main.js',
  output: { path: join(import.meta.dirname, 'dist'), clean: true },
  // Images may be larger than what is advised for scripts.
  performance: { hints: false },
  plugins: [hd()],
})

const stats = await promisify(compiler.run.bind(compiler))()
await promisify(compiler.close.bind(compiler))()

console.log(stats.toString({ colors: process.stdout.isTTY }))
if (stats.hasErrors()) process.exitCode = 1

// `pnpm demo`: builds the packages, then the playground vite-basic with a real `vite build`.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'

build()
const playground = fileURLToPath(new URL('../playground/vite-basic', import.meta.url))
const vite = path.join(playground, 'node_modules', 'vite', 'bin', 'vite.js')
console.log('vite build playground/vite-basic')
const { status } = spawnSync(process.execPath, [vite, 'build'], { cwd: playground, stdio: 'inherit' })
if (status === 0) {
  console.log(
    '\nThe images are in playground/vite-basic/dist. To look at them side by side: pnpm -C playground/vite-basic preview',
  )
}
process.exitCode = status ?? 1

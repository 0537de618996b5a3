// `pnpm demo`: builds the packages, then the playground vite-basic with a real `vite build`, and shows its page in a browser.
// `--no-open` only serves it; `--open` does all of it also where the output is no terminal.
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from './build.mjs'

const PLAYGROUND = fileURLToPath(new URL('../playground/vite-basic', import.meta.url))

/** What comes after the build. Serving lasts until Ctrl+C, so without a flag it is only for terminals, and for a browser there must be a desktop. */
export function ending({ open, isTerminal, platform, env }) {
  const isWatched = isTerminal && /^(?:false|0)?$/.test(env.CI ?? '')
  // Without a desktop, `xdg-open` would start a browser in the terminal, or nothing. WSL opens the browser of Windows.
  const hasDesktop = platform !== 'linux' || [env.DISPLAY, env.WAYLAND_DISPLAY, env.WSL_DISTRO_NAME].some(Boolean)
  return { serve: isWatched || open === true, open: open ?? (isWatched && (hasDesktop || Boolean(env.BROWSER))) }
}

async function main() {
  const flags = { open: { type: 'boolean' } }
  const args = process.argv.slice(2).filter((each) => each !== '--')
  const { values } = parseArgs({ args, options: flags, allowNegative: true })
  const { serve, open } = ending({
    ...values,
    isTerminal: process.stdout.isTTY === true,
    platform: process.platform,
    env: process.env,
  })

  build()
  const { resolve } = createRequire(path.join(PLAYGROUND, 'package.json'))
  console.log('vite build playground/vite-basic')
  const vite = path.join(path.dirname(resolve('vite/package.json')), 'bin', 'vite.js')
  const { status } = spawnSync(process.execPath, [vite, 'build'], { cwd: PLAYGROUND, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
  if (!serve) {
    console.log('\nTo look at the page: npx -y pnpm@10 demo --open, or npx -y pnpm@10 -C playground/vite-basic preview')
    return
  }

  const { preview } = await import(pathToFileURL(resolve('vite')).href)
  // What opens it asks the environment variable BROWSER.
  const server = await preview({ root: PLAYGROUND, preview: { open } })
  console.log(`\nBefore and after: ${server.resolvedUrls.local[0]} (Ctrl+C ends)`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close().then(() => process.exit()))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()

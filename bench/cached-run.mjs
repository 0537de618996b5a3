// One build in a process of its own; prints its milliseconds, the loading of the plugin included, and those of the processor.
import { build } from 'vite'

const [name, root, cache = 'cache', remote] = process.argv.slice(2)
const begun = performance.now()
await build({
  root,
  configFile: false,
  logLevel: 'silent',
  plugins: await plugins(),
  build: { assetsInlineLimit: 0, minify: false, rollupOptions: { input: `${root}/main.js` }, reportCompressedSize: false },
})
const { user, system } = process.cpuUsage()
process.stdout.write(`${performance.now() - begun} ${(user + system) / 1000}`)

async function plugins() {
  if (name === 'hd') return [(await import('unplugin-hd/vite')).default({ cache: { dir: `${root}/${cache}`, remote } })]
  if (name === 'imagetools') return [(await import('vite-imagetools')).imagetools({ cache: { dir: `${root}/cache` } })]
  return []
}

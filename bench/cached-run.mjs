// One build in a process of its own; prints its milliseconds, the loading of the plugin included.
import { build } from 'vite'

const [name, root] = process.argv.slice(2)
const begun = performance.now()
await build({
  root,
  configFile: false,
  logLevel: 'silent',
  plugins: await plugins(),
  build: { assetsInlineLimit: 0, minify: false, rollupOptions: { input: `${root}/main.js` }, reportCompressedSize: false },
})
process.stdout.write(String(performance.now() - begun))

async function plugins() {
  if (name === 'hd') return [(await import('unplugin-hd/vite')).default({ cache: { dir: `${root}/cache` } })]
  if (name === 'imagetools') return [(await import('vite-imagetools')).imagetools({ cache: { dir: `${root}/cache` } })]
  return []
}

import { build } from 'esbuild'
import hd from 'unplugin-hd/esbuild'

await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/main.js'],
  bundle: true,
  minify: true,
  outdir: 'dist',
  // index.html stands beside dist/, and esbuild's URLs are relative to the page.
  publicPath: 'dist',
  logLevel: 'info',
  plugins: [hd()],
})

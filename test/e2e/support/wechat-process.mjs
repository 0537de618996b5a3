// A Vite build with wechat() in a process of its own. Arguments: project folder, cache folder, output folder (all absolute).
// WECHAT_BASE_URL, WECHAT_APPID and WECHAT_SECRET are in the environment.
import path from 'node:path'
import { wechat } from '@unplugin-hd/wechat'
import hd from 'unplugin-hd/vite'
import { build } from 'vite'

const [root, cache, outDir] = process.argv.slice(2)

await build({
  root,
  configFile: false,
  logLevel: 'silent',
  plugins: [hd({ upscaler: wechat({ baseUrl: process.env.WECHAT_BASE_URL }), cache: { dir: cache } })],
  build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, rollupOptions: { input: path.join(root, 'main.js') } },
})

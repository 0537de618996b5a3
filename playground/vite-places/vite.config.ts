import { fileURLToPath } from 'node:url'
import hd from 'unplugin-hd/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [hd()],
  build: { rollupOptions: { input: ['index.html', 'sets.html'] } },
  resolve: {
    alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) },
  },
})

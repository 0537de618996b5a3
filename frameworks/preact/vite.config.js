import { preact } from '@preact/preset-vite'
import hd from 'unplugin-hd/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [hd(), preact()],
})

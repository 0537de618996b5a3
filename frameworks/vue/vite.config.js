import vue from '@vitejs/plugin-vue'
import hd from 'unplugin-hd/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [hd(), vue()],
})

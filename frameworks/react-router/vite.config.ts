import { reactRouter } from '@react-router/dev/vite'
import hd from 'unplugin-hd/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [hd(), reactRouter()],
})

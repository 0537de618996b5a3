import react from '@vitejs/plugin-react'
import hd from 'unplugin-hd/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [hd(), react()],
})

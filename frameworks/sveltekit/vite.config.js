import { sveltekit } from '@sveltejs/kit/vite'
import hd from 'unplugin-hd/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [hd(), sveltekit()],
})

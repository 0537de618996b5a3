import node from '@astrojs/node'
import { defineConfig } from 'astro/config'
import hd from 'unplugin-hd/astro'

export default defineConfig({
  adapter: node({ mode: 'standalone' }),
  integrations: [hd()],
  devToolbar: { enabled: false },
})

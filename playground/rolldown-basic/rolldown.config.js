import { defineConfig } from 'rolldown'
import hd from 'unplugin-hd/rolldown'

export default defineConfig({
  input: 'src/main.js',
  output: { dir: 'dist' },
  plugins: [hd()],
})

import { defineConfig } from 'rollup'
import hd from 'unplugin-hd/rollup'

export default defineConfig({
  input: 'src/main.js',
  output: { dir: 'dist' },
  plugins: [hd()],
})

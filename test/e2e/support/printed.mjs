// Builds `main.js` in a process of its own, whose working directory is the project, and prints what a user sees on the terminal:
//   node printed.mjs <bundler> <root>
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const [bundler, root] = process.argv.slice(2)
const options = { cache: { dir: path.join(root, 'cache') } }

/** Runs the command line of a bundler with a configuration file. */
function run(entry, program, args, config) {
  const plugin = import.meta.resolve(`unplugin-hd/${entry}`)
  const text = { ...config, plugins: ['HERE'] }
  const plugins = `hd(${JSON.stringify(options)})`
  writeFileSync(
    path.join(root, 'config.mjs'),
    `import hd from ${JSON.stringify(plugin)}\nexport default ${JSON.stringify(text).replace('"HERE"', () => plugins)}\n`,
  )
  const file = fileURLToPath(new URL(`../../node_modules/${program}`, import.meta.url))
  try {
    execFileSync(process.execPath, [file, ...args, 'config.mjs'], { cwd: root, stdio: 'inherit' })
  } catch {
    // It has printed why.
  }
}

/** webpack and Rspack, as their command lines print. */
async function compile(create, hd) {
  const output = { path: path.join(root, 'dist') }
  const compiler = create({ mode: 'production', context: root, entry: './main.js', output, plugins: [hd(options)] })
  const stats = await promisify(compiler.run.bind(compiler))()
  await promisify(compiler.close.bind(compiler))()
  console.error(stats.toString({ colors: false }))
}

const vite = { build: { rollupOptions: { input: 'main.js' } } }
const input = { input: 'main.js', output: { dir: 'dist' } }
const builds = {
  vite: () => run('vite', 'vite/bin/vite.js', ['build', '--config'], vite),
  vite7: () => run('vite', 'vite7/bin/vite.js', ['build', '--config'], vite),
  rollup: () => run('rollup', 'rollup/dist/bin/rollup', ['--config'], input),
  rolldown: () => run('rolldown', 'rolldown/bin/cli.mjs', ['--config'], input),
  webpack: async () => compile((await import('webpack')).default, (await import('unplugin-hd/webpack')).default),
  rspack: async () => compile((await import('@rspack/core')).rspack, (await import('unplugin-hd/rspack')).default),
  async esbuild() {
    const { default: hd } = await import('unplugin-hd/esbuild')
    const { build } = await import('esbuild')
    const settings = { entryPoints: ['main.js'], absWorkingDir: root, outdir: 'dist', bundle: true, plugins: [hd(options)] }
    await build(settings).catch(() => undefined)
  },
}
await builds[bundler]()

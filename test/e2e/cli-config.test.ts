import { mkdir, readdir, symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import hd, { type HdOptions } from 'unplugin-hd/vite'
import { build } from 'vite'
import { describe, expect, test } from 'vitest'
import { runNode } from './support/child.ts'
import { createProject, listFiles, type Project } from './support/project.ts'

const BIN = fileURLToPath(new URL('../../packages/unplugin-hd/bin/hd.mjs', import.meta.url))
/** Hides variables in the environment of the tests. */
const ENV = { WECHAT_ACCESS_TOKEN: '', WECHAT_APPID: '', UNPLUGIN_HD_CACHE_DIR: '', UNPLUGIN_HD_MODE: '' }

const entry = (name: string): string => JSON.stringify(import.meta.resolve(`unplugin-hd/${name}`))

/** A project with the modules that its configurations import. */
async function projectWith(files: Record<string, string>, modules: readonly string[] = []): Promise<Project> {
  const project = await createProject(files)
  for (const name of modules) {
    const target = fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url))
    await mkdir(path.join(project.root, 'node_modules'), { recursive: true })
    await symlink(target, path.join(project.root, 'node_modules', name), 'junction')
  }
  return project
}

async function doctor(
  project: Project,
  args: readonly string[] = [],
  cwd = '.',
): Promise<{ config: string | null; dir: string }> {
  const folder = path.join(project.root, cwd)
  const { code, stdout, stderr } = await runNode([BIN, 'doctor', '--json', ...args], { cwd: folder, env: ENV })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { config, cache } = JSON.parse(stdout) as { config: string | null; cache: { dir: string } }
  return { config, dir: path.relative(project.root, cache.dir).replaceAll('\\', '/') }
}

function upscale(project: Project, more: readonly string[] = []): ReturnType<typeof runNode> {
  const args = [BIN, 'upscale', 'a.jpg', '--out', 'b.jpg', '--quality', '70', '--json', ...more]
  return runNode(args, { cwd: project.root, env: ENV })
}

const plugin = (from: string): string => `import hd from ${entry(from)}\nconst plugin = hd({ cache: { dir: 'images-2x' } })\n`

describe('hd doctor reads the options', () => {
  test.each([
    ['vite.config.ts', `${plugin('vite')}const config: object = { root: 'src', plugins: [[plugin]] }\nexport default config`],
    [
      'vite.config.mjs',
      `${plugin('vite')}export default async ({ command }) => command === 'build' && { plugins: [null, plugin] }`,
    ],
    ['webpack.config.mjs', `${plugin('webpack')}export default [{}, { plugins: [plugin] }]`],
    ['webpack.config.js', `${plugin('webpack')}export default (env, { mode }) => mode === 'production' && { plugins: [plugin] }`],
    ['rspack.config.mjs', `${plugin('rspack')}export default { context: 'src', plugins: [plugin] }`],
    ['rollup.config.mjs', `${plugin('rollup')}export default () => [{ plugins: [plugin] }]`],
    ['rolldown.config.ts', `${plugin('rolldown')}const config: object = { plugins: [plugin] }\nexport default config`],
    [
      'electron.vite.config.ts',
      `${plugin('vite')}export default { main: {}, renderer: { root: 'src', plugins: [plugin] } } as object`,
    ],
    ['astro.config.mjs', `${plugin('astro')}export default { integrations: [plugin] }`],
    ['next.config.mjs', `import withHd from ${entry('next')}\nexport default withHd({}, { cache: { dir: 'images-2x' } })`],
    [
      'next.config.ts',
      `import withHd from ${entry('next')}\nexport default withHd(async (phase: string) => ({}), { cache: { dir: 'images-2x' } })`,
    ],
    ['nuxt.config.ts', `export default defineNuxtConfig({ modules: ['unplugin-hd/nuxt'], hd: { cache: { dir: 'images-2x' } } })`],
  ])('of %s', async (name, content) => {
    const project = await projectWith({ [name]: content, 'src/main.js': '' }, ['vite'])
    expect(await doctor(project)).toEqual({ config: name, dir: 'images-2x' })
  })

  test.each([
    ['build.mjs', `${plugin('esbuild')}export const plugins = [plugin]`],
    ['scripts/config.mjs', `${plugin('esbuild')}export default { bundle: true, plugins: [plugin] }`],
    [
      'config.cjs',
      `exports.plugins = [require(${JSON.stringify(fileURLToPath(import.meta.resolve('unplugin-hd/webpack')))})({ cache: { dir: 'images-2x' } })]`,
    ],
  ])('of %s given by --config', async (name, content) => {
    const project = await projectWith({ [name]: content, 'src/main.js': '' })
    expect(await doctor(project, ['--config', path.join('..', name)], 'src')).toEqual({ config: name, dir: 'images-2x' })
  })

  test('and skips a configuration without the plugin', async () => {
    const project = await projectWith({
      'vite.config.mjs': 'export default { plugins: [] }',
      'rollup.config.mjs': `${plugin('rollup')}export default { plugins: [plugin] }`,
    })
    expect(await doctor(project)).toEqual({ config: 'rollup.config.mjs', dir: 'images-2x' })
  })

  test('and refuses a given configuration without the plugin', async () => {
    const project = await projectWith({ 'build.mjs': 'export default {}' })
    const { code, stderr } = await runNode([BIN, 'doctor', '--config', 'build.mjs'], { cwd: project.root, env: ENV })
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^build\.mjs: the configuration does not contain the plugin.*\(HD_OPTION\)\nSee https:\S+#HD_OPTION\n$/,
    )
  })
})

describe('one cache', () => {
  const options: HdOptions = { quality: 70 }

  test('of a build with its root below the package, hd doctor and hd upscale', async () => {
    const config = `import hd from ${entry('vite')}\nexport default { root: 'src', plugins: [hd({ quality: 70 })] }`
    const project = await projectWith(
      { 'vite.config.mjs': config, 'src/main.js': `import url from './a.jpg?hd'\nconsole.log(url)` },
      ['vite'],
    )
    await project.write('src/a.jpg', await project.read('a.jpg'))
    await build({
      root: path.join(project.root, 'src'),
      configFile: false,
      logLevel: 'silent',
      plugins: [hd(options)],
      build: { outDir: '../dist', rollupOptions: { input: path.join(project.root, 'src/main.js') } },
    })
    expect(await readdir(path.join(project.root, 'src'))).toEqual(['a.jpg', 'main.js'])
    expect(await doctor(project, [], 'src')).toEqual({ config: 'vite.config.mjs', dir: 'node_modules/.cache/unplugin-hd' })
    const { stdout } = await upscale(project)
    expect(JSON.parse(stdout)).toMatchObject({ cache: 'hit' })
  })

  test('of hd upscale and the folder in the configuration', async () => {
    const project = await projectWith({ 'rollup.config.mjs': `${plugin('rollup')}export default { plugins: [plugin] }` })
    await upscale(project)
    expect(await listFiles(path.join(project.root, 'images-2x'))).not.toEqual([])
    expect(await readdir(project.root)).not.toContain('node_modules')
  })

  test('and hd upscale works with a broken configuration', async () => {
    const project = await projectWith({ 'rollup.config.mjs': 'throw new Error("no luck")' })
    const { code, stderr } = await upscale(project)
    expect(code).toBe(0)
    expect(stderr).toMatch(/^rollup\.config\.mjs: .*no luck.*using the default cache\n/)
    expect((await upscale(project, ['--config', 'rollup.config.mjs'])).code).toBe(1)
  })

  test('for all packages of a workspace, with one relative path', async () => {
    const project = await projectWith({
      'pnpm-workspace.yaml': 'packages: [apps/*]',
      'apps/one/package.json': '{}',
      'apps/two/package.json': '{}',
    })
    const dirs = await Promise.all(
      ['apps/one', 'apps/two'].map(async (app) => {
        const env = { ...ENV, UNPLUGIN_HD_CACHE_DIR: '.cache/hd' }
        const { stdout } = await runNode([BIN, 'doctor', '--json'], { cwd: path.join(project.root, app), env })
        return (JSON.parse(stdout) as { cache: { dir: string } }).cache.dir
      }),
    )
    expect(dirs).toEqual([path.join(project.root, '.cache', 'hd'), path.join(project.root, '.cache', 'hd')])
  })
})

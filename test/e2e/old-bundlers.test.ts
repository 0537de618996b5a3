import path from 'node:path'
import vitePlugin from 'unplugin-hd/vite'
import rollupPlugin from 'unplugin-hd/rollup'
import esbuildPlugin from 'unplugin-hd/esbuild'
import rspackPlugin from 'unplugin-hd/rspack'
import webpackPlugin from 'unplugin-hd/webpack'
import { expect, test } from 'vitest'
import { createProject } from './support/project.ts'

const FILES = { 'index.html': '<script type="module" src="./main.js"></script>', 'main.js': `import './a.jpg?hd'` }

test.each(['build', 'createServer'] as const)(
  'Vite 5: %s ends with one error that says what is needed and what was found',
  async (work) => {
    const project = await createProject(FILES)
    // The types differ between versions.
    const vite = (await import('vite5')) as Record<typeof work, (config: object) => Promise<unknown>>
    const started = vite[work]({
      root: project.root,
      configFile: false,
      logLevel: 'silent',
      plugins: [vitePlugin(project.options())],
    })
    await expect(started).rejects.toMatchObject({
      code: 'HD_BUNDLER',
      message: expect.stringMatching(/^unplugin-hd needs Vite 6\.3\.0 or later \(.*\), found is 5\.\d+\.\d+\. Update Vite/),
    })
  },
)

test('Rollup 3: the build fails with one error with the required and the found version', async () => {
  const project = await createProject(FILES)
  const { rollup } = (await import('rollup3')) as { rollup: (options: object) => Promise<unknown> }
  const built = rollup({ input: path.join(project.root, 'main.js'), plugins: [rollupPlugin(project.options())] })
  await expect(built).rejects.toThrow(/unplugin-hd needs Rollup 4\.0\.0 or later \(.*\), found is 3\.\d+\.\d+/)
})

// For the others only how they report their version.
test('webpack 4, which reports no version', () => {
  const compiler = { options: { context: '/', plugins: [] }, hooks: {} }
  expect(() => webpackPlugin().apply(compiler as never)).toThrow(/needs webpack 5\.0\.0 or later .*found is an older one/)
})

test('Rspack 1', () => {
  const compiler = { options: { context: '/', plugins: [] }, hooks: {}, rspack: { rspackVersion: '1.7.6', experiments: {} } }
  expect(() => rspackPlugin().apply(compiler as never)).toThrow(/needs Rspack 2\.0\.0 or later .*found is 1\.7\.6/)
})

test('an old esbuild', async () => {
  const build = { initialOptions: {}, esbuild: { version: '0.19.12' }, onResolve: () => undefined, onLoad: () => undefined }
  const setup = async (): Promise<unknown> => esbuildPlugin().setup(build as never)
  await expect(setup()).rejects.toThrow(/needs esbuild 0\.20\.0 or later .*found is 0\.19\.12/)
})

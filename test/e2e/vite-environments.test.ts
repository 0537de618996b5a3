import path from 'node:path'
import { expect, test } from 'vitest'
import hd from 'unplugin-hd/vite'
import { build, createBuilder } from 'vite'
import { createProject, listFiles } from './support/project.ts'
import { vite8 } from './support/vite.ts'

test('Vite 8: a stylesheet is processed where environments share plugins, but not the configuration', async () => {
  const project = await createProject({
    'main.js': `export { default } from './style.css?url'`,
    'style.css': `.a { background: url(./a.jpg?hd) }`,
  })
  const warnings: string[] = []
  const builder = await createBuilder({
    ...vite8.config(project, project.options(), {}, warnings),
    plugins: [hd(project.options())],
    builder: { sharedPlugins: true },
  })
  await builder.build(builder.environments['client']!)
  expect(warnings).toEqual([])
  const files = await listFiles(path.join(project.root, 'dist'))
  expect(files.filter((file) => /@2x/.test(file))).toHaveLength(1)
})

test('Vite 8: a manifest in the output of the server is not mistaken for images that were not processed', async () => {
  const project = await createProject({
    'main.js': `export { default as url } from './a.jpg?hd&quality=70'`,
    'server.js': `export { default } from './dist/.vite/manifest.json'`,
  })
  const warnings: string[] = []
  const plugins = [hd(project.options())]
  const config = { ...vite8.config(project, project.options(), {}, warnings), plugins }
  await build({ ...config, build: { ...config.build, manifest: true } })
  const input = path.join(project.root, 'server.js')
  await build({ ...config, build: { outDir: 'server', ssr: true, rollupOptions: { input } } })
  expect(await project.read('server/server.js').then(String)).toContain('a.jpg?hd&quality=70')
  expect(warnings).toEqual([])
})

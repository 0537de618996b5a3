import { mkdir, symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import hd from 'unplugin-hd/vite'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { runNode } from './support/child.ts'
import { createProject } from './support/project.ts'

const BIN = fileURLToPath(new URL('../../packages/unplugin-hd/bin/hd.mjs', import.meta.url))
const ENV = { WECHAT_ACCESS_TOKEN: '', WECHAT_APPID: '', UNPLUGIN_HD_CACHE_DIR: '', UNPLUGIN_HD_MODE: '' }

test('after hd warm a cache-only build of Vite finds every image', async () => {
  const entry = JSON.stringify(import.meta.resolve('unplugin-hd/vite'))
  const project = await createProject({
    'vite.config.mjs': `import hd from ${entry}\nexport default { resolve: { alias: { '~img': import.meta.dirname + '/img' } }, plugins: [hd({ quality: 70 })] }`,
    'index.html': '<img src="/public.jpg?hd&amp;as=img" alt=""><script type="module" src="/src/main.js"></script>',
    'src/main.js': `import './style.css'\nimport a from '~img/a b.jpg?hd&as=picture&format=avif;webp'\nconsole.log(a, import.meta.glob('../img/g*.jpg', { eager: true, query: '?hd' }))`,
    'src/style.css': 'body { background: url(../img/css.jpg?hd) }',
  })
  const image = await project.read('a.jpg')
  for (const name of ['public/public.jpg', 'img/a b.jpg', 'img/g1.jpg', 'img/css.jpg']) await project.write(name, image)
  await mkdir(path.join(project.root, 'node_modules'))
  await symlink(
    fileURLToPath(new URL('../node_modules/vite', import.meta.url)),
    path.join(project.root, 'node_modules/vite'),
    'junction',
  )
  const warm = (...args: string[]): ReturnType<typeof runNode> => runNode([BIN, 'warm', ...args], { cwd: project.root, env: ENV })
  expect((await warm('--check')).code).toBe(1)
  expect(await warm()).toMatchObject({ code: 0, stderr: '', stdout: '4 images: 0 already in the cache, 4 made\n' })
  await build({
    root: project.root,
    configFile: false,
    logLevel: 'silent',
    resolve: { alias: { '~img': path.join(project.root, 'img') } },
    plugins: [hd({ quality: 70, mode: 'cache-only' })],
  })
  expect((await warm('--check')).code).toBe(0)
})

import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cacheDir } from './cache-dir.ts'

const DEFAULT = path.join('node_modules', '.cache', 'unplugin-hd')

describe.each([
  ['pnpm', { 'pnpm-workspace.yaml': 'packages: [apps/*]' }],
  ['npm', { 'package.json': '{ "workspaces": ["apps/*"] }' }],
])('in a workspace of %s', (_, files) => {
  let workspace: string
  let app: string
  beforeAll(async () => {
    workspace = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-dir-')))
    app = path.join(workspace, 'apps', 'one')
    await mkdir(path.join(app, 'src'), { recursive: true })
    for (const [name, content] of Object.entries({ 'apps/one/package.json': '{}', ...files })) {
      await writeFile(path.join(workspace, name), content)
    }
  })
  afterAll(() => rm(workspace, { recursive: true, force: true }))

  test('the default is in the node_modules of the package, even if the root is below it', () => {
    expect(cacheDir(undefined, { root: app, env: {} })).toBe(path.join(app, DEFAULT))
    expect(cacheDir(undefined, { root: path.join(app, 'src'), env: {} })).toBe(path.join(app, DEFAULT))
    expect(cacheDir(undefined, { root: path.join(app, 'not', 'there'), env: {} })).toBe(path.join(app, DEFAULT))
  })

  test('the option is relative to the package, and overrides the environment', () => {
    const env = { UNPLUGIN_HD_CACHE_DIR: 'elsewhere' }
    expect(cacheDir('images-2x', { root: path.join(app, 'src'), env })).toBe(path.join(app, 'images-2x'))
    expect(cacheDir(path.join(workspace, 'x'), { root: app, env })).toBe(path.join(workspace, 'x'))
  })

  test('the environment is relative to the workspace: one setting for all its packages', () => {
    const env = { UNPLUGIN_HD_CACHE_DIR: '.cache/hd' }
    expect(cacheDir(undefined, { root: path.join(app, 'src'), env })).toBe(path.join(workspace, '.cache', 'hd'))
    expect(cacheDir(undefined, { root: app, env: { UNPLUGIN_HD_CACHE_DIR: '' } })).toBe(path.join(app, DEFAULT))
  })
})

test('outside a package it is relative to the root', async () => {
  const root = path.parse(tmpdir()).root
  expect(cacheDir(undefined, { root, env: {} })).toBe(path.join(root, DEFAULT))
})

import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const PACKAGE = new URL('../../packages/unplugin-hd/', import.meta.url)

test('the licence of every package that is bundled into dist is in the published list', async () => {
  const bundled = new Set<string>()
  for (const name of (await readdir(new URL('dist/', PACKAGE))).filter((each) => each.endsWith('.mjs'))) {
    const code = await readFile(new URL(`dist/${name}`, PACKAGE), 'utf8')
    // The bundler writes the path of each module: `node_modules/.pnpm/parse5@8.1.1/node_modules/parse5/…`.
    for (const [, , found] of code.matchAll(/^\/\/#region .*\/\.pnpm\/((@?[\w+.-]+@[\d.]+)[^/]*)\//gm)) bundled.add(found!)
  }
  const list = await readFile(new URL('THIRD-PARTY-LICENSES.md', PACKAGE), 'utf8')
  const listed = [...list.matchAll(/^## (\S+) (\S+)$/gm)].map(([, name, version]) => `${name}@${version}`)
  expect(bundled.size).toBeGreaterThan(0)
  expect([...bundled].toSorted()).toEqual(listed.toSorted())
})

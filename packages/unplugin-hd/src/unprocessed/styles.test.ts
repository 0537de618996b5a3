import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findSources } from './sources.ts'
import { followStyles } from './styles.ts'

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-styles-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true })
    await writeFile(path.join(root, name), text)
  }
  return root
}

test('follows imports of CSS, Sass and Less by their rules, without duplicates, even if circular', async () => {
  const root = await folder({
    'a.css': `@import './deep/b.css' layer(base);@import url("c.css") print;`,
    'deep/b.css': `@import '../a.css';`,
    'c.css': '',
    'd.scss': `@use './deep/e' as *; @forward "f";`,
    'deep/_e.scss': `@use 'gone';`,
    'f/_index.scss': '',
    'g.less': `@import (reference) 'h';`,
    'h.less': '',
  })
  const files = await followStyles(['a.css', 'd.scss', 'g.less', 'main.js'].map((name) => path.join(root, name)))
  expect(files.map((file) => path.relative(root, file).replaceAll(path.sep, '/')).toSorted()).toEqual([
    'c.css',
    'deep/_e.scss',
    'deep/b.css',
    'f/_index.scss',
    'h.less',
  ])
})

test('finds the line of a reference, not in comments, and imports only if there is nothing else', async () => {
  const root = await folder({
    'main.js': `import a from './a.jpg?hd'\n// './a.jpg?hd'\nconst x = "./a.jpg?w=1&hd"`,
    'page.html': `<!-- a.jpg?hd -->\n<p data-x="x/a.jpg?hd&as=img">`,
    'other.js': `export default import('./b.jpg?hd')`,
    'image.bin': `a.jpg?hd`,
  })
  const ids = ['main.js?v=1', 'page.html', 'other.js', 'image.bin', '\0virtual.js'].map((name) =>
    name.startsWith('\0') ? name : path.join(root, name),
  )
  expect((await findSources('assets/a.jpg?hd', 'index.html', 'a.jpg', ids, root)).places).toEqual(['main.js:3', 'page.html:2'])
  // An exact match takes precedence.
  expect((await findSources('x/a.jpg?hd', 'index.html', 'a.jpg', ids, root)).places).toEqual(['page.html:2'])
  // A reference that a script builds at runtime is not in the sources.
  expect((await findSources('./y/a.jpg?hd', 'main.js', 'a.jpg', ids, root)).places).toEqual([])
  expect((await findSources('./a.jpg?w=1&hd', 'main.js', 'a.jpg', ids, root)).places).toEqual(['main.js:3'])
  expect((await findSources('x/b.jpg?hd', 'index.html', 'b.jpg', ids, root)).places).toEqual(['other.js:1'])
  expect((await findSources('x/c.jpg?hd', 'index.html', 'c.jpg', ids, root)).places).toEqual([])
})

test('finds a name that is encoded in the URL', async () => {
  const root = await folder({ 'style.css': `\n.a { background: url('./my photo (ü).jpg?hd') }` })
  const { places } = await findSources(
    'x/my photo (ü).jpg?hd',
    'index.html',
    'my photo (ü).jpg',
    [path.join(root, 'style.css')],
    root,
  )
  expect(places).toEqual(['style.css:2'])
})

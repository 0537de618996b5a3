import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createOrigins, findWritten } from './origin.ts'

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-origin-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(root, name), text)
  return root
}

test('finds the line of a reference, not that of a comment or a longer reference', async () => {
  const root = await folder({ 'App.js': `// './a.jpg?hd'\nimport b from './a.jpg?hd&as=img'\nimport a from './a.jpg?hd'\n` })
  const file = path.join(root, 'App.js')
  expect(await findWritten(root, `${file}?v=1`, './a.jpg?hd')).toEqual({ text: 'App.js:3', file, line: 3, column: 15 })
})

test('accepts &amp; in markup, and searches imported stylesheets', async () => {
  const root = await folder({
    'App.vue': `<template>\n  <img src="./a.jpg?hd&amp;as=img">\n</template>`,
    'main.scss': `@use 'part';`,
    '_part.scss': `\n\na { background: url(./a.jpg?hd) }`,
  })
  expect((await findWritten(root, path.join(root, 'App.vue'), './a.jpg?hd&as=img'))?.text).toBe('App.vue:2')
  expect((await findWritten(root, path.join(root, 'main.scss'), './a.jpg?hd'))?.text).toBe('_part.scss:3')
})

test('returns only the file if the reference is not found, and nothing for a module without a file', async () => {
  const root = await folder({ 'App.js': '' })
  expect((await findWritten(root, path.join(root, 'App.js'), './a.jpg?hd'))?.text).toBe('App.js')
  expect(await findWritten(root, '\0virtual', './a.jpg?hd')).toBeUndefined()
  expect(await findWritten(root, path.join(root, 'gone.js'), './a.jpg?hd')).toBeUndefined()
})

test('of several importers, returns the one that still contains the reference', async () => {
  const root = await folder({ 'one.js': '', 'two.js': `import '@/a.jpg?hd'` })
  const origins = createOrigins(root)
  origins.add('/a.jpg?hd', path.join(root, 'one.js'), './a.jpg?hd')
  origins.add('/a.jpg?hd', path.join(root, 'two.js'), '@/a.jpg?hd')
  const origin = origins.of('/a.jpg?hd')!
  expect((await origin.where())?.text).toBe('two.js:1')
  expect(origin.reference).toBe('@/a.jpg?hd')
  expect(origins.of('/b.jpg?hd')).toBeUndefined()
})

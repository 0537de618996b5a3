import path from 'node:path'
import { expect, test } from 'vitest'
import { isSource } from './scan.ts'

const FOLDER = path.resolve('/project')

test.each(['main.js', 'src/App.vue', 'docs/a.mdx', 'my.dist/x.ts', 'building/x.css'])('%s is a source file', (name) => {
  expect(isSource(path.join(FOLDER, name), FOLDER)).toBe(true)
})

test.each(['a.jpg', 'types.d.ts', 'dist/main.js', 'a/node_modules/b/index.js', '.cache/x.js', '../other/x.js', '.hidden.js'])(
  '%s is none',
  (name) => {
    expect(isSource(path.join(FOLDER, name), FOLDER)).toBe(false)
  },
)

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { unprocessedWarnings } from './warnings.ts'

test('names the line in a Markdown file that a framework keeps as data, and is not a module', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-warnings-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  await mkdir(path.join(root, 'src'))
  await writeFile(path.join(root, 'src/page.md'), '# A page\n\n![](./a.jpg?hd)\n')
  const data = JSON.stringify({ file: 'src/page.md', body: '# A page\n\n![](./a.jpg?hd)\n', images: ['./a.jpg?hd'] })
  for (const text of [`export default ${data}`, `export default JSON.parse(${JSON.stringify(data)})`]) {
    const warnings = await unprocessedWarnings({ outputs: [{ name: 'data.mjs', text: () => text }], sources: [], root })
    expect(warnings).toEqual([expect.stringContaining("'./a.jpg?hd' in src/page.md:3 (now in data.mjs)")])
  }
})

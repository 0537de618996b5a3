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

test('a reference in the text of an MDX file that is kept as data is no place: an import, a code block, a processed image', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-warnings-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const body = `import a from './a.jpg?hd'\n\n\`\`\`md\n![](./b.jpg?hd)\n\`\`\`\n\n![](./c.jpg?hd&as=asset)\n\n![](./d.jpg?hd)\n`
  await writeFile(path.join(root, 'page.mdx'), body)
  const text = `export default ${JSON.stringify({ file: 'page.mdx', body })}`
  const search = { outputs: [{ name: 'data.mjs', text: () => text }], sources: [], root, processed: new Set(['page.mdx:7']) }
  expect(await unprocessedWarnings(search)).toEqual([expect.stringContaining("'./d.jpg?hd' in page.mdx:9 (now in data.mjs)")])
  const all = await unprocessedWarnings({ ...search, leftOut: () => true })
  expect(all.map((message) => /in (\S+)/.exec(message)![1])).toEqual(['page.mdx:1', 'page.mdx:4', 'page.mdx:7', 'page.mdx:9'])
})

test('a reference in a `.md` file is reported even where its line is that of something processed, in the component made of it', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-warnings-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const page = path.join(root, 'page.md')
  await writeFile(page, '# A page\n\n<a href="/a.jpg?hd">A</a>\n')
  const outputs = [{ name: 'page.js', text: () => `h('<a href="/a.jpg?hd">A</a>')` }]
  expect(await unprocessedWarnings({ outputs, sources: [page], root, processed: new Set(['page.md:3']) })).toEqual([
    expect.stringContaining("'/a.jpg?hd' in page.md:3 (now in page.js)"),
  ])
})

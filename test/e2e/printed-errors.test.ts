import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createProject, type Project } from './support/project.ts'

const PRINTED = fileURLToPath(new URL('support/printed.mjs', import.meta.url))

/** The terminal output of a failed build. */
function print(bundler: string, { root }: Project): Promise<string> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, DEBUG: undefined }
    execFile(process.execPath, [PRINTED, bundler, root], { timeout: 110_000, cwd: root, env }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })
}

for (const bundler of ['vite', 'vite7', 'rollup', 'rolldown', 'webpack', 'rspack', 'esbuild']) {
  test(`${bundler} prints an error once, with the importer and its line, the address of its documentation, and without our stack frames`, async () => {
    const project = await createProject({
      'src/broken.jpg': 'no image',
      'src/App.js': `// './broken.jpg?hd&as=img'\nimport a from '../a.jpg?hd'\nimport broken from './broken.jpg?hd&as=img'\nconsole.log(a, broken)\n`,
      'main.js': `import './src/App.js'\n`,
    })
    const printed = await print(bundler, project)
    expect(printed.split(`src/App.js:3: './broken.jpg?hd&as=img': expected `)).toHaveLength(2)
    expect(printed.split('(HD_SOURCE_FORMAT)')).toHaveLength(2)
    expect(printed.split('See https://unplugin-hd.github.io/unplugin-hd/errors#HD_SOURCE_FORMAT')).toHaveLength(2)
    const frames = printed.split('\n').filter((line) => /^\s*at |build failed|\(from /.test(line))
    expect(frames.filter((line) => /node_modules[\\/]unplugin-hd|packages[\\/]/.test(line))).toEqual([])
  })
}

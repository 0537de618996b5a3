import { expect, test } from 'vitest'
import hd from 'unplugin-hd/vite'
import { createProject } from './support/project.ts'
import { vite8 } from './support/vite.ts'

test('warns about vite-imagetools before this plugin, but not after it', async () => {
  const project = await createProject({ 'main.js': `export { default as a } from './a.jpg?hd'` })
  const imagetools = { name: 'imagetools', enforce: 'pre' as const }
  const build = async (plugins: unknown[]): Promise<string[]> => {
    const warnings: string[] = []
    const { build: run } = await vite8.vite()
    const config = vite8.config(project, project.options(), {}, warnings)
    await run({ ...config, plugins: plugins as never })
    return warnings
  }
  const ours = (): unknown => hd(project.options())
  expect(await build([imagetools, ours()])).toEqual([expect.stringContaining('Put hd() before imagetools()')])
  expect(await build([ours(), imagetools])).toEqual([])
})

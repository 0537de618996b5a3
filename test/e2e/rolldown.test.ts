import { readFile } from 'node:fs/promises'
import hd from 'unplugin-hd/rolldown'
import { describe, expect, test } from 'vitest'
import { createProject, listFiles } from './support/project.ts'
import { buildRolldown, rolldown } from './support/rolldown.ts'
import { describeRollupLike } from './support/rollup-suite.ts'
import { describeBundler } from './support/suite.ts'

describe('rolldown', () => {
  describeBundler(rolldown)
  describeRollupLike(buildRolldown)

  test('module types for images do not apply to ?hd images', async () => {
    const project = await createProject({
      'main.js': `export { default as plain } from './a.jpg'\nexport { default as twice } from './a.jpg?hd'`,
    })
    const built = await buildRolldown(project, project.options(), { input: { moduleTypes: { '.jpg': 'dataurl' } } })
    const { plain, twice } = await built.run()
    expect(plain).toBe(`data:image/jpeg;base64,${(await project.read('a.jpg')).toString('base64')}`)
    expect((await readFile(built.file(twice))).subarray(0, 2)).toEqual(Buffer.of(0xff, 0xd8))
  })

  test('respects a public path by resolveFileUrl in every format', async () => {
    const project = await createProject({ 'main.js': `export { default as srcset } from './a.jpg?hd&as=srcset'` })
    const publicPath = {
      name: 'test-public-path',
      resolveFileUrl: ({ fileName }: { fileName: string }) => JSON.stringify(`/cdn/${fileName}`),
    }
    for (const format of ['es', 'iife'] as const) {
      await buildRolldown(
        project,
        {},
        {
          input: { plugins: [publicPath, hd(project.options())] },
          output: { format, name: 'bundle' },
        },
      )
      expect((await project.read('dist/main.js')).toString()).toMatch(/\/cdn\/assets\/a@2x-[\w-]+\.jpg/)
    }
  })

  test('relative options start at the configured folder', async () => {
    const project = await createProject({ 'main.js': `export { default } from './a.jpg?hd'` })
    await buildRolldown(project, project.options({ cache: { dir: 'here' }, include: '*.jpg' }))
    expect(await listFiles(`${project.root}/here`)).not.toEqual([])
  })
})

import { readFile } from 'node:fs/promises'
import type { Plugin } from 'rollup'
import hd from 'unplugin-hd/rollup'
import { describe, expect, test } from 'vitest'
import { buildRollup, rollup } from './support/rollup.ts'
import { createProject } from './support/project.ts'
import { describeRollupLike } from './support/rollup-suite.ts'
import { describeBundler } from './support/suite.ts'

describe('rollup', () => {
  describeBundler(rollup)
  describeRollupLike(buildRollup)

  describe('with other plugins', () => {
    /** Like @rollup/plugin-url, for all images. */
    const images: Plugin = {
      name: 'test-images',
      async load(id) {
        if (!id.endsWith('.jpg')) return null
        return `export default import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', name: 'plain.jpg', source: await readFile(id) })}`
      },
    }

    test('an image without ?hd is left to them, unchanged', async () => {
      const project = await createProject({
        'main.js': `export { default as plain } from './a.jpg'\nexport { default as twice } from './a.jpg?hd'`,
      })
      const built = await buildRollup(project, {}, { input: { plugins: [images, hd(project.options()) as Plugin] } })
      const { plain } = await built.run()
      expect(await readFile(built.file(plain))).toEqual(await project.read('a.jpg'))
      expect(built.images).toHaveLength(2)
    })

    test('respects a public path by resolveFileUrl', async () => {
      const project = await createProject({ 'main.js': `export { default as srcset } from './a.jpg?hd&as=srcset'` })
      const publicPath: Plugin = {
        name: 'test-public-path',
        resolveFileUrl: ({ fileName }) => JSON.stringify(`/cdn/${fileName}`),
      }
      const built = await buildRollup(project, {}, { input: { plugins: [hd(project.options()) as Plugin, publicPath] } })
      expect((await built.run())['srcset']).toMatch(/^\/cdn\/assets\/a-[\w-]+\.jpg 1x, \/cdn\/assets\/a@2x-[\w-]+\.jpg 2x$/)
    })
  })

  test('an excluded image is left to the bundler, which cannot read it', async () => {
    const project = await createProject({ 'main.js': `export { default } from './a.jpg?hd'` })
    const building = buildRollup(project, project.options({ exclude: '**/*.jpg' }))
    await expect(building).rejects.toThrow(/Could not resolve "\.\/a\.jpg\?hd"/)
  })
})

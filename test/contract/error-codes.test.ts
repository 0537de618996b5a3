import { describe, expect, test } from 'vitest'
import { createProject } from '../e2e/support/project.ts'
import { esbuild } from '../e2e/support/esbuild.ts'
import { rolldown } from '../e2e/support/rolldown.ts'
import { rollup } from '../e2e/support/rollup.ts'
import { vite7, vite8 } from '../e2e/support/vite.ts'

interface Thrown {
  errors?: Thrown[]
  pluginCode?: string
  detail?: { code?: string }
}

describe.each([vite8, vite7, rollup, rolldown, esbuild])('an error that $name throws', (bundler) => {
  test('has the code in the documented property', async () => {
    const project = await createProject({ 'a.jpg': 'no image', 'main.js': `export { default } from './a.jpg?hd'` })
    const error = (await bundler.build(project, project.options()).catch((reason: unknown) => reason)) as Thrown
    const codes = (error.errors ?? [error]).map((one) => one.pluginCode ?? one.detail?.code)
    expect(codes).toEqual(['HD_SOURCE_FORMAT'])
  })
})

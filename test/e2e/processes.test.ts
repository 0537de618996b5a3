import { spawn } from 'node:child_process'
import { cp, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { jpeg } from './support/pictures.ts'
import { createProject, listFiles, type Project } from './support/project.ts'

const CHILD = fileURLToPath(new URL('support/build-process.mjs', import.meta.url))
const COUNT = 12
const KILLS = 8

async function createPictures(): Promise<Project> {
  const names = Array.from({ length: COUNT }, (_, index) => `p${index}.jpg`)
  const pictures = await Promise.all(names.map(async (name, index) => [name, await jpeg(5 * index)] as const))
  const imports = names.map((name, index) => `import p${index} from './${name}?hd'`)
  const list = names.map((_, index) => `p${index}`).join(', ')
  return createProject({ ...Object.fromEntries(pictures), 'main.js': `${imports.join('\n')}\nconsole.log([${list}])` })
}

interface Ended {
  code: number | null
  upscaled: string[]
  errors: string
}

/** Runs a build in its own process. @param killAfter kills it (-9) when so many pictures have been begun */
function runBuild(root: string, cache: string, outDir: string, killAfter: number = Infinity): Promise<Ended> {
  const child = spawn(process.execPath, [CHILD, root, cache, outDir], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stderr.on('data', (chunk) => (errors += chunk))
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (output.split('\n').length > killAfter) child.kill('SIGKILL')
  })
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, upscaled: output.split('\n').filter(Boolean), errors }))
  })
}

/** The bytes of every emitted picture by its name. */
async function emitted(outDir: string): Promise<Record<string, string>> {
  const files = (await listFiles(outDir)).filter((name) => name.endsWith('.jpg'))
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, (await readFile(path.join(outDir, name))).toString('base64')])),
  )
}

test('two builds started at the same moment on an empty cache upscale each picture once in all', async () => {
  const project = await createPictures()
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

test('the cache copied to another folder serves the project copied to another folder', async () => {
  const project = await createPictures()
  await runBuild(project.root, path.join(project.root, 'cache'), path.join(project.root, 'dist'))
  const copy = await createProject()
  await cp(project.root, copy.root, { recursive: true })
  const second = await runBuild(copy.root, path.join(copy.root, 'cache'), path.join(copy.root, 'again'))
  expect(second).toEqual({ code: 0, upscaled: [], errors: '' })
  expect(await emitted(path.join(copy.root, 'again'))).toEqual(await emitted(project.dist))
})

test('builds that are killed leave nothing that a later build emits damaged, waits for or fails on', async () => {
  const project = await createPictures()
  const cache = path.join(project.root, 'cache')
  for (let kill = 0; kill < KILLS; kill++) {
    await runBuild(project.root, cache, path.join(project.root, 'killed'), 1 + (kill % COUNT))
  }
  const last = await runBuild(project.root, cache, path.join(project.root, 'last'))
  expect(last).toMatchObject({ code: 0, errors: '' })
  await runBuild(project.root, path.join(project.root, 'fresh cache'), path.join(project.root, 'clean'))
  expect(await emitted(path.join(project.root, 'last'))).toEqual(await emitted(path.join(project.root, 'clean')))
  expect(Object.keys(await emitted(path.join(project.root, 'last')))).toHaveLength(COUNT)
})

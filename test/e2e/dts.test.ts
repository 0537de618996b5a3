import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import hd from 'unplugin-hd/vite'
import { createServer } from 'vite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runNode } from './support/child.ts'
import { createProject, type Project } from './support/project.ts'
import { bundlers } from './support/bundlers.ts'
import { vite8 } from './support/vite.ts'

const BIN = fileURLToPath(new URL('../../packages/unplugin-hd/bin/hd.mjs', import.meta.url))
const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
const PACKAGE = fileURLToPath(new URL('../../packages/unplugin-hd', import.meta.url))

/** Queries that no pattern with one star matches. */
const FILES = {
  'src/main.ts': `import url from '../a.jpg?hd&format=webp&quality=60'
import img from '../a.jpg?hd&as=img&format=webp'
export const text: string = url
export const width: number = img.width
export const seen = { url, img }
`,
  'src/Test.ts': `import img from '../a.jpg?hd&as=img&quality=60'\nexport const text: string = img.srcset\n`,
}

const TYPES = 'src/unplugin-hd.d.ts'

/** The declarations for {@link FILES}. */
const DECLARED = ['?hd&as=img&format=webp', '?hd&as=img&quality=60', '?hd&format=webp&quality=60']

async function projectWith(files: Readonly<Record<string, string>> = FILES): Promise<Project> {
  const project = await createProject(files)
  await mkdir(path.join(project.root, 'node_modules'))
  await symlink(PACKAGE, path.join(project.root, 'node_modules', 'unplugin-hd'), 'junction')
  return project
}

/** The errors of TypeScript in a project like those of Vite's templates. */
async function typeCheck(project: Project): Promise<string> {
  const compilerOptions = {
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    types: ['unplugin-hd/client'],
  }
  await project.write('tsconfig.json', JSON.stringify({ files: [], references: [{ path: './tsconfig.app.json' }] }))
  await project.write('tsconfig.app.json', JSON.stringify({ compilerOptions, include: ['src'] }))
  const { stdout } = await runNode([TSC, '-p', 'tsconfig.app.json'], { cwd: project.root, env: {} })
  return stdout
}

async function declared(project: Project, file = TYPES): Promise<string[]> {
  const text = (await project.read(file)).toString()
  return [...text.matchAll(/^declare module '\*(.*)'/gm)].map(([, query]) => query!)
}

describe('the option dts', () => {
  test('declares every query that a build, its tests and its other files import', async () => {
    const project = await projectWith()
    expect(await typeCheck(project)).toMatch(/TS2307.*quality=60/)
    await vite8.build(project, project.options({ dts: true }), { entry: 'src/main.ts' })
    expect(await declared(project)).toEqual(DECLARED)
    expect(await typeCheck(project)).toBe('')
    await project.write('src/wrong.ts', `import url from '../a.jpg?hd&format=webp&quality=60'\nexport const n: number = url\n`)
    expect(await typeCheck(project)).toMatch(/wrong\.ts.*TS2322/)
  })

  // Rollup has no project folder except the working directory.
  test.each([...bundlers, vite8].filter(({ name }) => name !== 'rollup'))(
    '$name: a build declares what is in use and nothing else, and writes only what has changed',
    async (bundler) => {
      const project = await projectWith({
        'main.js': `export { default as url } from './a.jpg?hd&format=webp&quality=61'`,
        'types/hd.d.ts': `declare module '*?hd&quality=1' {}\n`,
      })
      const options = project.options({ dts: 'types/hd.d.ts' })
      await bundler.build(project, options)
      expect(await declared(project, 'types/hd.d.ts')).toEqual(['?hd&format=webp&quality=61'])
      const before = await stat(path.join(project.root, 'types/hd.d.ts'))
      await bundler.build(project, options)
      const after = await stat(path.join(project.root, 'types/hd.d.ts'))
      expect({ ino: after.ino, mtimeMs: after.mtimeMs }).toEqual({ ino: before.ino, mtimeMs: before.mtimeMs })
    },
  )

  test('adds imported queries in dev, and removes none', async () => {
    const project = await projectWith({ ...FILES, [TYPES]: `declare module '*?hd&quality=1' {}\n` })
    const config = vite8.config(project, project.options({ dts: true }), {
      config: { server: { middlewareMode: true, ws: false } },
    })
    const server = await createServer({ ...config, plugins: [hd(project.options({ dts: true }))] })
    onTestFinished(() => server.close())
    await expect.poll(() => declared(project)).toEqual([...DECLARED, '?hd&quality=1'].toSorted())
    const later = path.join(project.root, 'src/later.ts')
    await writeFile(later, `export { default } from '../a.jpg?hd&as=srcset&quality=7'`)
    await server.ssrLoadModule('/src/later.ts')
    await expect.poll(() => declared(project)).toEqual([...DECLARED, '?hd&as=srcset&quality=7', '?hd&quality=1'].toSorted())
  })

  test('with an invalid value is refused', async () => {
    const project = await projectWith()
    const build = vite8.build(project, project.options({ dts: 3 as never }), { entry: 'src/main.ts' })
    await expect(build).rejects.toThrow(/the option 'dts' is 3, expected true, false or a path \(HD_OPTION\)/)
  })

  test('causes a warning if the file cannot be written', async () => {
    const project = await projectWith({ 'main.js': `export { default } from './a.jpg?hd'`, file: '' })
    const { warnings } = await vite8.build(project, project.options({ dts: 'file/hd.d.ts' }))
    expect(warnings.join('\n')).toMatch(/the types of imports cannot be written to .*hd\.d\.ts/)
  })
})

function run(project: Project, args: readonly string[] = []): ReturnType<typeof runNode> {
  return runNode([BIN, 'types', ...args], { cwd: project.root, env: {} })
}

describe('hd types', () => {
  test('writes the same as a build, to the configured file', async () => {
    const entry = JSON.stringify(import.meta.resolve('unplugin-hd/rollup'))
    const project = await projectWith({
      ...FILES,
      'rollup.config.mjs': `import hd from ${entry}\nexport default { plugins: [hd({ dts: 'env/hd.d.ts' })] }`,
    })
    expect(await run(project)).toEqual({
      code: 0,
      stderr: '',
      stdout: `${path.join('env', 'hd.d.ts')}  3 declarations, written\n`,
    })
    expect(await declared(project, 'env/hd.d.ts')).toEqual(DECLARED)
    const { stdout } = await run(project, ['--json'])
    expect(JSON.parse(stdout)).toEqual({ file: path.join('env', 'hd.d.ts'), declarations: 3, changed: false })
    await vite8.build(project, project.options({ dts: true }), { entry: 'src/main.ts' })
    expect(await readFile(path.join(project.root, TYPES), 'utf8')).toBe((await project.read('env/hd.d.ts')).toString())
  })

  test('writes to the default file without a configuration', async () => {
    const project = await projectWith()
    expect((await run(project)).stdout).toBe(`${path.join('src', 'unplugin-hd.d.ts')}  3 declarations, written\n`)
    expect(await typeCheck(project)).toBe('')
  })
})

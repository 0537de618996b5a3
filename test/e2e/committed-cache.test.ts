import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { esbuild } from './support/esbuild.ts'
import { jpeg } from './support/images.ts'
import { createProject } from './support/project.ts'

function imports(...names: string[]): string {
  return names.map((name) => `export * as ${name} from './${name}.jpg?hd'`).join('\n')
}

test('branches that add images to a committed cache merge without a conflict, and then nothing is missing', async () => {
  const project = await createProject({
    'main.js': imports('a'),
    '.gitattributes': '.hd/** binary linguist-generated\n',
    '.gitignore': 'dist\n',
  })
  const git = async (...args: string[]): Promise<string> => {
    const own = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false']
    return (await promisify(execFile)('git', [...own, ...args], { cwd: project.root })).stdout
  }
  const options = project.options({ cache: { dir: `${project.root}/.hd` } })
  const commitBuild = async (): Promise<void> => {
    await esbuild.build(project, options)
    await git('add', '-A')
    await git('commit', '-qm', 'images')
  }
  await git('init', '-q', '-b', 'main')
  await commitBuild()
  for (const [index, name] of ['b', 'c'].entries()) {
    await git('checkout', '-q', '-b', name, 'main')
    await project.write(`${name}.jpg`, await jpeg(30 + index))
    await project.write(`entry-${name}.js`, imports(name))
    await esbuild.build(project, options, { entry: `entry-${name}.js` })
    await git('add', '-A')
    await git('commit', '-qm', name)
  }
  await git('merge', '-q', '-m', 'both', 'b')
  const files = (await git('ls-files', '.hd')).trim().split('\n')
  expect(files.filter((file) => !/^\.hd\/hd-v2\/entries\/[\da-f]{2}\/[\da-f]{64}$/.test(file))).toEqual([
    '.hd/hd-v2/.gitignore',
    '.hd/hd-v2/CACHEDIR.TAG',
  ])
  await project.write('main.js', imports('a', 'b', 'c'))
  const built = await esbuild.build(project, { ...options, mode: 'cache-only' })
  expect(built.images).toHaveLength(3)
  // A build from the cache changes no file of it.
  expect(await git('status', '--porcelain')).toBe(' M main.js\n')
  for (const name of ['locks', 'tmp', 'memo']) expect(await git('check-ignore', `.hd/hd-v2/${name}/x`)).toContain(name)
})

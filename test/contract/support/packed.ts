import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Packed {
  /** A project with the package in its `node_modules`. */
  readonly project: string
  /** Runs Node in the project. @throws Error with its output if it fails */
  node(...args: string[]): Promise<string>
  remove(): Promise<void>
}

/** A project with the package as published: only the files in `files`, in `node_modules`. */
export async function packed(name: string): Promise<Packed> {
  const source = fileURLToPath(new URL(`../../../packages/${name}`, import.meta.url))
  const project = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-packed-')))
  const modules = path.join(project, 'node_modules')
  await mkdir(modules)
  await writeFile(path.join(project, 'package.json'), '{ "private": true }')
  // On Windows npm is a script, which needs a shell.
  const shell = process.platform === 'win32'
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
    cwd: source,
    shell,
  })
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  await run('tar', ['-xf', filename], { cwd: project })
  const target = path.join(modules, ...name.split('/'))
  await rename(path.join(project, 'package'), target)
  // Its dependencies come from the workspace.
  await symlink(path.join(source, 'node_modules'), path.join(target, 'node_modules'), 'junction')
  return {
    project,
    async node(...args) {
      const { stdout: printed } = await run(process.execPath, args, { cwd: project })
      return printed
    },
    remove: () => rm(project, { recursive: true, force: true, maxRetries: 3 }),
  }
}

import { mkdir, mkdtemp, readdir, readFile, realpath, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { HdOptions } from 'unplugin-hd/rollup'
import { jpeg } from './images.ts'
import { doubling } from './upscaler.ts'

/** A temporary folder with sources, removed when the test ends. */
export interface Project {
  readonly root: string
  /** The output folder. */
  readonly dist: string
  /** Writes a file. @param name relative to the root */
  write(name: string, content: string | Uint8Array): Promise<void>
  /** Touches a file, for a watcher that started after the change. */
  touch(name: string): Promise<void>
  read(name: string): Promise<Buffer>
  /** The plugin's options for this project: a cache inside it and an upscaler for tests. */
  options(options?: HdOptions): HdOptions
}

/** @param files by name; `a.jpg` always exists */
export async function createProject(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<Project> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-e2e-')))
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 3 }))
  const write: Project['write'] = async (name, content) => {
    const file = path.join(root, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, content)
  }
  const all = { 'package.json': '{ "type": "module" }', 'a.jpg': await jpeg(), ...files }
  for (const [name, content] of Object.entries(all)) await write(name, content)
  return {
    root,
    dist: path.join(root, 'dist'),
    write,
    touch: (name) => utimes(path.join(root, name), new Date(), new Date()),
    read: (name) => readFile(path.join(root, name)),
    options: (options = {}) => ({ cache: { dir: path.join(root, 'cache') }, upscaler: doubling(), ...options }),
  }
}

/** Names of all files below a folder, sorted, with `/`. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .toSorted()
}

import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The tarball of every package by its folder, as `pnpm publish` would upload it, with real versions in place of `workspace:^`. */
export async function packAll(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-tarballs-'))
  try {
    const cwd = fileURLToPath(new URL('../../..', import.meta.url))
    const [command, args] = pnpm()
    // npx is a script on Windows, which only a shell can run.
    const shell = command === 'npx' && process.platform === 'win32'
    await run(command, [...args, '-r', '--filter', './packages/*', 'pack', '--pack-destination', folder], { cwd, shell })
    const tarballs = new Map<string, Uint8Array<ArrayBuffer>>()
    for (const file of await readdir(folder)) {
      // `@unplugin-hd/core` becomes `unplugin-hd-core-0.1.0.tgz`.
      const name = /^(?:unplugin-hd-(?=[a-z]))?(.+)-\d+\.\d+\.\d+.*\.tgz$/.exec(file)![1]!
      tarballs.set(name, new Uint8Array(await readFile(path.join(folder, file))))
    }
    return tarballs
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** The pnpm that started the tests, or the one that npx finds. */
function pnpm(): [command: string, args: string[]] {
  const script = process.env['npm_execpath']
  if (script && /pnpm\.c?js$/.test(script)) return [process.execPath, [script]]
  return ['npx', ['-y', 'pnpm@10']]
}

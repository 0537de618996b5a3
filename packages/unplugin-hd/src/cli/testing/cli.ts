import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { loadSharp } from '@unplugin-hd/core'
import { run } from '../run.ts'

export interface Ended {
  status: number
  stdout: string
  stderr: string
  /** The bytes written to `stdout`. */
  bytes: Buffer
}

export interface Folder {
  root: string
  /** Runs a command line in the package. */
  hd: (
    line: string | readonly string[],
    more?: { stdin?: Uint8Array; signal?: AbortSignal; terminal?: boolean },
  ) => Promise<Ended>
}

/** A temporary package with these files, removed when the test ends. */
export async function packageWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<Folder> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'hd-cli-')))
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))
  for (const [name, content] of Object.entries({ 'package.json': '{ "type": "module" }', ...files })) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true })
    await writeFile(path.join(root, name), content)
  }
  return {
    root,
    async hd(line, { stdin, signal = new AbortController().signal, terminal = false } = {}) {
      const out: Buffer[] = []
      let stderr = ''
      const status = await run(typeof line === 'string' ? line.split(' ') : line, {
        cwd: root,
        signal,
        stdin: (async function* () {
          if (stdin) yield stdin
        })(),
        stdout: { write: (data: string | Uint8Array) => out.push(Buffer.from(data as string)), isTTY: terminal },
        stderr: { write: (text) => (stderr += text), isTTY: terminal, columns: 80 },
      })
      const bytes = Buffer.concat(out)
      return { status, stdout: bytes.toString(), stderr, bytes }
    },
  }
}

/** A small image; the pixels depend on the seed. */
export async function imageBytes(seed: number, format: 'png' | 'jpeg' = 'png', width = 12, height = 8): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const data = Uint8Array.from({ length: 3 * width * height }, (_, at) => 60 + ((at * seed * 7) % 120))
  return sharp(data, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer()
}

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { bringSources } from './sources.ts'

/** The folder of the projects. */
const FRAMEWORKS = fileURLToPath(new URL('../..', import.meta.url))

/** Turns off prompts, telemetry, opening a browser, and terminal formatting. */
const QUIET = {
  CI: '1',
  NO_COLOR: '1',
  ASTRO_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  NO_UPDATE_NOTIFIER: '1',
}

/** Servers start slowly, especially on a busy machine. */
const START_MS = 120_000

export interface Server {
  /** `http://127.0.0.1:12345/` */
  readonly origin: string
  /** Its output so far. */
  output(): string
  close(): Promise<void>
}

export interface Framework {
  readonly folder: string
  /** Brings the sources, where the project has those of another one. */
  prepare(): Promise<void>
  /** Runs a script of the project to its end. @throws Error with its output if it fails */
  run(script: string): Promise<string>
  /** Runs a server script on a free loopback port. @param flags for its port @param page that it answers @default the root */
  serve(script: string, flags: (port: number) => readonly string[], page?: string): Promise<Server>
}

/** @param cache folder for 2x images */
export function framework(name: string, cache: string): Framework {
  const folder = path.join(FRAMEWORKS, name)

  const start = async (script: string, flags: readonly string[], env: NodeJS.ProcessEnv): Promise<Running> => {
    const { scripts } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    // Nuxt prints nothing in tests.
    const { NODE_ENV: _, VITEST: __, TEST: ___, ...inherited } = process.env
    const PATH = [path.join(folder, 'node_modules', '.bin'), process.env['PATH']].join(path.delimiter)
    return new Running(
      spawn([scripts[script]!, ...flags].join(' '), {
        cwd: folder,
        shell: true,
        // A separate process group, so that all its processes can be ended.
        detached: process.platform !== 'win32',
        env: { ...inherited, ...QUIET, ...env, PATH, UNPLUGIN_HD_CACHE_DIR: cache },
      }),
    )
  }

  return {
    folder,
    prepare: () => bringSources(folder),
    async run(script) {
      const running = await start(script, [], {})
      const code = await running.ended
      if (code !== 0) throw new Error(`${name}: '${script}' ended with ${code}\n${running.output}`)
      return running.output
    },
    async serve(script, flags, page = '') {
      const port = await freePort()
      const origin = `http://127.0.0.1:${port}/`
      const running = await start(script, flags(port), { HOST: '127.0.0.1', HOSTNAME: '127.0.0.1', PORT: String(port) })
      await answers(origin + page, running)
      return { origin, output: () => running.output, close: () => running.end() }
    },
  }
}

/** Running commands, so that none outlives the tests. */
const atWork = new Set<Running>()
process.on('exit', () => {
  for (const running of atWork) running.kill()
})

/** A running command. */
class Running {
  output = ''
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (this.output += chunk))
    this.ended = new Promise((resolve) => child.on('close', resolve))
    atWork.add(this)
    child.on('close', () => atWork.delete(this))
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  async end(): Promise<void> {
    this.kill()
    await this.ended
  }

  kill(): void {
    const { pid } = this.#child
    if (this.isOver || pid === undefined) return
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(pid), '/t', '/f'])
    else process.kill(-pid, 'SIGKILL')
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves when the server responds, with any status. */
async function answers(origin: string, running: Running): Promise<void> {
  const deadline = Date.now() + START_MS
  for (;;) {
    if (running.isOver) throw new Error(`the server of ${origin} ended\n${running.output}`)
    const answer = await fetch(origin, { signal: AbortSignal.timeout(START_MS) }).catch(() => undefined)
    if (answer && answer.status < 500) return void (await answer.arrayBuffer())
    if (Date.now() > deadline) {
      await running.end()
      throw new Error(`the server of ${origin} does not answer\n${running.output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

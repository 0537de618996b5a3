import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the projects are. */
const FRAMEWORKS = fileURLToPath(new URL('../..', import.meta.url))

/** Frameworks that ask, report, or open something do not, and write nothing for a terminal. */
const QUIET = { CI: '1', NO_COLOR: '1', ASTRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1', NO_UPDATE_NOTIFIER: '1' }

/** A server takes its time, the more so on a busy machine. */
const START_MS = 120_000

export interface Server {
  /** `http://127.0.0.1:12345/` */
  readonly origin: string
  /** What it has printed. */
  output(): string
  close(): Promise<void>
}

export interface Framework {
  readonly folder: string
  /** Runs the project's own script to its end. @throws Error with all it printed when it fails */
  run(script: string): Promise<string>
  /** Runs a script that serves, on a free port of this machine alone. @param flags how it is told the port */
  serve(script: string, flags: (port: number) => readonly string[]): Promise<Server>
}

/** @param cache folder for 2x images */
export function framework(name: string, cache: string): Framework {
  const folder = path.join(FRAMEWORKS, name)

  const start = async (script: string, flags: readonly string[], env: NodeJS.ProcessEnv): Promise<Running> => {
    const { scripts } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const { NODE_ENV: _, VITEST: __, ...inherited } = process.env
    const PATH = [path.join(folder, 'node_modules', '.bin'), process.env['PATH']].join(path.delimiter)
    return new Running(
      spawn([scripts[script]!, ...flags].join(' '), {
        cwd: folder,
        shell: true,
        // A group of its own, so that all of it can be ended.
        detached: process.platform !== 'win32',
        env: { ...inherited, ...QUIET, ...env, PATH, UNPLUGIN_HD_CACHE_DIR: cache },
      }),
    )
  }

  return {
    folder,
    async run(script) {
      const running = await start(script, [], {})
      const code = await running.ended
      if (code !== 0) throw new Error(`${name}: '${script}' ended with ${code}\n${running.output}`)
      return running.output
    },
    async serve(script, flags) {
      const port = await freePort()
      const origin = `http://127.0.0.1:${port}/`
      const running = await start(script, flags(port), { HOST: '127.0.0.1', PORT: String(port) })
      await answers(origin, running)
      return { origin, output: () => running.output, close: () => running.end() }
    },
  }
}

/** Commands at work, so that none outlives the tests. */
const atWork = new Set<Running>()
process.on('exit', () => {
  for (const running of atWork) running.kill()
})

/** A command at work. */
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

/** Resolves when the server answers, whatever it says. */
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

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** Whether a program is installed; CI installs it. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore', env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } })
    return true
  } catch {
    return false
  }
}

/** A server program in a folder of its own until the test ends. Resolves when its port answers. */
export async function startProgram(
  program: string,
  args: (place: { port: number; folder: string }) => Promise<string[]> | string[],
  port: number,
): Promise<ChildProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hd-program-'))
  const child = spawn(program, await args({ port, folder }), {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
  })
  onTestFinished(async () => {
    await stopProgram(child)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  await answering(port, child)
  return child
}

export async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  const { connect } = await import('node:net')
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => setTimeout(resolve, 20, false))
    })
    socket.destroy()
    if (isOpen) return
  }
}

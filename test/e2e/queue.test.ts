import { spawn, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { objectServer } from '../../packages/remote-cache/src/testing/object-server.ts'
import { freePort, isInstalled, startProgram, stopProgram } from '../../packages/remote-cache/src/testing/programs.ts'
import { jpeg } from './support/images.ts'
import { createProject, type Project } from './support/project.ts'

const BIN = fileURLToPath(new URL('../../packages/unplugin-hd/bin/hd.mjs', import.meta.url))
const COUNT = 12
const PATIENCE = { timeout: 40_000, interval: 20 }

/** Notes when it begins and ends an image. With `HANG` it begins one and never ends. */
const UPSCALER = `
import { appendFileSync } from 'node:fs'
const note = (text) => appendFileSync(new URL('notes', import.meta.url), text + '\\n')
export default {
  name: 'own',
  version: '1',
  async upscale(image) {
    note('begin ' + process.pid + ' ' + image.file)
    if (process.env.HANG) await new Promise(() => setInterval(() => {}, 1000))
    const { width, height, data } = await image.pixels()
    const twice = new Uint8Array(12 * width * height)
    for (let at = 0; at < 4 * width * height; at++) {
      const source = ((at % (2 * width)) >> 1) + width * (Math.floor(at / (2 * width)) >> 1)
      twice.set(data.subarray(3 * source, 3 * source + 3), 3 * at)
    }
    note('end ' + process.pid + ' ' + image.file)
    return { width: 2 * width, height: 2 * height, data: twice }
  },
}`

async function createSite(remote: string): Promise<Project> {
  const names = Array.from({ length: COUNT }, (_, index) => `p${index}.jpg`)
  const images = await Promise.all(names.map(async (name, index) => [name, await jpeg(5 * index)] as const))
  const options = `{ upscaler, cache: { dir: process.env.CACHE, remote: '${remote}' } }`
  return createProject({
    ...Object.fromEntries(images),
    'main.js': names.map((name) => `import './${name}?hd'`).join('\n'),
    'upscaler.mjs': UPSCALER,
    'webpack.config.mjs': `import upscaler from './upscaler.mjs'
      export default { context: import.meta.dirname, plugins: [{ [Symbol.for('unplugin-hd.options')]: ${options} }] }`,
    notes: '',
  })
}

describe.skipIf(!isInstalled('redis-server'))('a queue (skipped without redis-server)', () => {
  test('outlives a worker that is killed at work, and a restart of Redis, and has each image made once', async () => {
    const server = await objectServer()
    const { root } = await createSite(server.url)
    const port = await freePort()
    const startRedis = (): Promise<ChildProcess> =>
      startProgram('redis-server', () => ['--port', `${port}`, '--dir', root, '--save', '', '--appendonly', 'yes'], port)
    const hd = (cache: string, args: string[], env: Record<string, string> = {}): Hd => {
      const child = spawn(process.execPath, [BIN, ...args], {
        cwd: root,
        env: {
          ...process.env,
          UNPLUGIN_HD_REMOTE: 'rw',
          UNPLUGIN_HD_QUEUE: `redis://127.0.0.1:${port}`,
          CACHE: path.join(root, cache),
          ...env,
        },
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
      return { child, ended, stdout: text(child.stdout), stderr: text(child.stderr) }
    }
    const notes = async (what: string): Promise<string[]> =>
      (await readFile(path.join(root, 'notes'), 'utf8')).split('\n').filter((line) => line.startsWith(what))

    const redis = await startRedis()
    const worker = ['worker', '--concurrency', '1', '--lock', '1s']
    const hanging = hd('hanging', worker, { HANG: 'yes' })
    const warming = hd('site', ['warm'])
    await vi.waitUntil(async () => (await notes('begin')).length === 1, PATIENCE)
    hanging.child.kill('SIGKILL')
    const working = hd('working', worker)
    await vi.waitUntil(async () => (await notes('end')).length >= 3, PATIENCE)
    await stopProgram(redis)
    await startRedis()

    expect(await warming.ended).toBe(0)
    expect(await warming.stdout).toBe(`${COUNT} images: 0 already in the cache, ${COUNT} made\n`)
    working.child.kill('SIGTERM')
    expect(await working.ended).toBe(0)
    // A job whose end Redis forgot is done again, from the remote cache.
    expect(await working.stdout).toMatch(/^\d+ jobs done\n$/)
    const files = (await notes('end')).map((line) => line.split(' ')[2])
    expect(files.toSorted()).toEqual([...new Set(files)].toSorted())
    expect(files).toHaveLength(COUNT)
    expect(await notes('begin')).toHaveLength(COUNT + 1)
    expect(await hd('site', ['cache', 'verify']).ended).toBe(0)
  })
})

interface Hd {
  child: ChildProcess
  /** Its exit status. */
  ended: Promise<number | null>
  stdout: Promise<string>
  stderr: Promise<string>
}

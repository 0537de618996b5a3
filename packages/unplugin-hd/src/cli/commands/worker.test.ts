import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { objectServer } from '../../../../remote-cache/src/testing/object-server.ts'
import { freePort, isInstalled, startProgram } from '../../../../remote-cache/src/testing/programs.ts'
import { imageBytes, packageWith, type Ended, type Folder } from '../testing/cli.ts'

// These tests may themselves run in CI.
beforeEach(() => void vi.stubEnv('UNPLUGIN_HD_REMOTE', 'rw'))
afterEach(() => void vi.unstubAllEnvs())

const PASSWORD = 'p@ss/word'

async function redis(): Promise<string> {
  const port = await freePort()
  await startProgram(
    'redis-server',
    ({ folder }) => ['--port', String(port), '--dir', folder, '--save', '', '--requirepass', PASSWORD],
    port,
  )
  return `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`
}

const TWICE = `
const twice = ({ width, height, data }) => {
  const out = new Uint8Array(12 * width * height)
  for (let at = 0; at < out.length; at++) {
    const pixel = Math.trunc(at / 3)
    const [x, y] = [pixel % (2 * width), Math.trunc(pixel / (2 * width))]
    out[at] = data[3 * ((y >> 1) * width + (x >> 1)) + (at % 3)]
  }
  return { width: 2 * width, height: 2 * height, data: out }
}`

/** Counts its calls in a file of the folder. Repeats pixels, or does what `result` says. */
const upscaler = (version: string, result: string): string => `
import { appendFileSync } from 'node:fs'
${TWICE}
export default {
  name: 'own',
  version: '${version}',
  async upscale(image) {
    appendFileSync(new URL('calls', import.meta.url), image.file + '\\n')
    ${result}
  },
}`

/** A clone of the project on a machine of its own. */
async function clone(
  remote: string | undefined,
  { version = '1', result = 'return twice(await image.pixels())', images = 3 } = {},
): Promise<Folder & { calls(): Promise<string[]> }> {
  const numbers = Array.from({ length: images }, (_, index) => index)
  const queries = ['?hd&format=webp', '?hd&as=picture&format=webp', '?hd=4&format=webp', '?hd&format=webp&w=8;20&as=img']
  const files = await Promise.all(numbers.map(async (number) => [`src/${number}.png`, await imageBytes(number + 1)] as const))
  const folder = await packageWith({
    ...Object.fromEntries(files),
    'src/main.js': numbers.map((number) => `import './${number}.png${queries[number % queries.length]}'`).join('\n'),
    'upscaler.mjs': upscaler(version, result),
    calls: '',
    'webpack.config.mjs': `import upscaler from './upscaler.mjs'
      const options = { upscaler, cache: { dir: 'cache', ...${JSON.stringify({ remote })} } }
      export default { context: import.meta.dirname, plugins: [{ [Symbol.for('unplugin-hd.options')]: options }] }`,
  })
  const calls = async (): Promise<string[]> =>
    (await readFile(path.join(folder.root, 'calls'), 'utf8')).split('\n').filter((line) => line !== '')
  return { ...folder, calls }
}

/** A worker, until it is stopped as by Ctrl-C. */
function start(machine: Folder, queue: string, ...args: string[]): { stop(): Promise<Ended> } {
  const interrupt = new AbortController()
  const ended = machine.hd(['worker', '--queue', queue, ...args], { signal: interrupt.signal })
  return {
    stop() {
      interrupt.abort()
      return ended
    },
  }
}

describe.skipIf(!isInstalled('redis-server'))('hd warm --queue and hd worker (skipped without redis-server)', () => {
  test('make on one machine what another asks for', async () => {
    const [queue, server] = [await redis(), await objectServer()]
    const [site, machine] = [await clone(server.url, { images: 4 }), await clone(server.url, { images: 0 })]
    vi.stubEnv('UNPLUGIN_HD_QUEUE', queue)
    const working = start(machine, queue)
    const warm = await site.hd('warm')
    expect(warm).toMatchObject({ status: 0, stdout: '4 images: 0 already in the cache, 4 made\n' })
    expect(warm.stderr).toMatch(/^4 images to be made by workers at redis:\/\/127\.0\.0\.1:\d+\n.*entries fetched/)
    expect(await working.stop()).toMatchObject({ status: 0, stdout: '4 jobs done\n' })
    expect(await site.calls()).toEqual([])
    // The image at 4x takes two passes.
    expect((await machine.calls()).toSorted()).toEqual(['0', '1', '2', '2', '3'].map((name) => `src/${name}.png`))
    expect((await site.hd('warm')).stdout).toBe('4 images: 4 already in the cache, 0 made\n')
    vi.stubEnv('UNPLUGIN_HD_REMOTE', 'off')
    expect((await site.hd('warm --check')).status).toBe(0)
    expect(JSON.parse((await site.hd('cache verify --json')).stdout)).toMatchObject({ ok: true })
  })

  test('make an image once that two ask for', async () => {
    const [queue, server] = [await redis(), await objectServer()]
    const [first, second, machine] = [await clone(server.url), await clone(server.url), await clone(server.url, { images: 0 })]
    const warming = [first, second].map((each) => each.hd(['warm', '--json', '--queue', queue]))
    const working = start(machine, queue, '--json')
    for (const each of await Promise.all(warming)) {
      expect(each.status).toBe(0)
      expect(JSON.parse(each.stdout)).toMatchObject({ ok: true, images: 3, failures: [] })
    }
    expect(JSON.parse((await working.stop()).stdout)).toEqual({ ok: true, done: 3, failed: 0, givenBack: 0 })
    expect(await machine.calls()).toHaveLength(4)
  })

  test('make each pass once for copies of an image at different factors', async () => {
    const [queue, server] = [await redis(), await objectServer()]
    const site = await clone(server.url, { images: 3 })
    // At 2x, 2x and 4x.
    for (const name of ['1.png', '2.png']) await writeFile(path.join(site.root, 'src', name), await imageBytes(1))
    const machines = [await clone(server.url, { images: 0 }), await clone(server.url, { images: 0 })]
    const workers = machines.map((machine) => start(machine, queue))
    expect((await site.hd(['warm', '--queue', queue])).stdout).toBe('3 images: 0 already in the cache, 3 made\n')
    for (const worker of workers) expect((await worker.stop()).status).toBe(0)
    expect((await Promise.all(machines.map((machine) => machine.calls()))).flat()).toHaveLength(2)
  })

  test('list what failed, and make the others', async () => {
    const [queue, server] = [await redis(), await objectServer()]
    const result = "const pixels = await image.pixels()\nreturn image.file.endsWith('1.png') ? pixels : twice(pixels)"
    const [site, machine] = [await clone(server.url, { result }), await clone(server.url, { result, images: 0 })]
    const working = start(machine, queue)
    const { status, stdout, stderr } = await site.hd(['warm', '--queue', queue])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '3 images: 0 already in the cache, 2 made, 1 failed\n' })
    expect(stderr).toMatch(/src\/1\.png: .*12x8.*\(HD_UPSCALE_SIZE\)/)
    const worker = await working.stop()
    expect(worker.stdout).toBe('2 jobs done, 1 failed\n')
    expect(worker.stderr).toMatch(/src\/1\.png: .*\(HD_UPSCALE_SIZE\)\n/)
  })

  test('tell what the next upscaler of a chain made', async () => {
    const [queue, server] = [await redis(), await objectServer()]
    const result = 'return image.pixels()'
    const [site, machine] = [await clone(server.url, { result, images: 1 }), await clone(server.url, { result, images: 0 })]
    for (const { root } of [site, machine]) {
      const config = path.join(root, 'webpack.config.mjs')
      const text = (await readFile(config, 'utf8')).replace('{ upscaler,', '{ upscaler: [upscaler, next],')
      const next = `import own from './upscaler.mjs'\nexport default { ...own, name: 'next', upscale: async (image) => twice(await image.pixels()) }`
      await writeFile(config, `import next from './next.mjs'\n${text}`)
      await writeFile(path.join(root, 'next.mjs'), `${next}\n${TWICE}`)
    }
    const working = start(machine, queue)
    const { status, stderr } = await site.hd(['warm', '--queue', queue])
    expect(status).toBe(0)
    expect(stderr).toContain("src/0.png: made by 'next', because 'own' failed at the worker\n")
    expect((await working.stop()).stderr).toContain("HD_UPSCALE_SIZE); trying 'next' next\n")
  })

  test('leave jobs for another version to other workers, and say so', async () => {
    const [queue, server] = [await redis(), await objectServer()]
    const [site, machine] = [await clone(server.url), await clone(server.url, { version: '2' })]
    const working = start(machine, queue)
    const warm = await site.hd(['warm', '--wait', '2s', '--queue', queue])
    expect(warm.status).toBe(1)
    expect(warm.stderr).toMatch(
      /no worker for own 1, pipeline \d+ is at the queue redis:\/\/127.0.0.1:\d+ \(there are some for own 2, pipeline \d+\), since 2 s.*\(HD_QUEUE\)\n/,
    )
    expect(await working.stop()).toMatchObject({ status: 0, stdout: '0 jobs done\n' })
    expect(await machine.calls()).toEqual([])
  })

  test('replace a result that was changed on its way, and give up when it happens again', async () => {
    const [queue, server] = [await redis(), await objectServer()]
    const [site, machine] = [await clone(server.url, { images: 1 }), await clone(server.url, { images: 0 })]
    const results = new Map<string, number>()
    let most = 1
    server.fault = ({ method, url }, response) => {
      const object = server.objects.get(url!)
      const text = object?.subarray(0, 1000).toString('latin1')
      if (method !== 'GET' || !object || !text!.includes('"upscaler"')) return false
      const count = (results.get(url!) ?? 0) + 1
      results.set(url!, count)
      if (count > most) return false
      const changed = Buffer.from(object)
      changed[changed.length - 1]! ^= 1
      return response.writeHead(200, { 'content-length': changed.length }).end(changed)
    }
    const working = start(machine, queue)
    const warm = await site.hd(['warm', '--queue', queue])
    expect(warm).toMatchObject({ status: 0, stdout: '1 image: 0 already in the cache, 1 made\n' })
    expect(warm.stderr).toContain('HD_REMOTE')
    most = Infinity
    await writeFile(path.join(site.root, 'src/0.png'), await imageBytes(9))
    const again = await site.hd(['warm', '--queue', queue])
    expect(again.status).toBe(1)
    expect(again.stderr).toMatch(/src\/0\.png: .*refused.*\(HD_QUEUE\)\n/)
    expect((await working.stop()).status).toBe(0)
  })

  test('need a remote cache that may be written', async () => {
    const queue = await redis()
    const server = await objectServer()
    const lacking = await clone(undefined)
    for (const command of ['warm', 'worker']) {
      expect((await lacking.hd([command, '--queue', queue])).stderr).toMatch(/'cache.remote' is not set.*\(HD_OPTION\)\nSee /)
    }
    vi.stubEnv('UNPLUGIN_HD_REMOTE', 'r')
    const site = await clone(server.url)
    for (const command of ['warm', 'worker']) {
      const { status, stderr } = await site.hd([command, '--queue', queue])
      expect(status).toBe(1)
      expect(stderr).toMatch(/nothing is sent to http.*UNPLUGIN_HD_REMOTE=r\) \(HD_REMOTE\)\nSee /)
    }
    expect(server.count('PUT')).toBe(0)
  })

  test('show no password when the queue refuses it, is not there, or is no queue', async () => {
    const server = await objectServer()
    const site = await clone(server.url)
    const wrong = (await redis()).replace(encodeURIComponent(PASSWORD), 'wr0ng-word')
    const urls = [wrong, `redis://:wr0ng-word@127.0.0.1:${await freePort()}`, 'http://:wr0ng-word@127.0.0.1', 'wr0ng-word']
    const expected = [/WRONGPASS|NOAUTH/, /ECONNREFUSED/, /--queue is not a redis: or rediss: URL/, /--queue is not/]
    for (const [index, url] of urls.entries()) {
      for (const command of ['warm', 'worker']) {
        const { status, stderr, stdout } = await site.hd([command, '--queue', url])
        expect(status).toBe(1)
        expect(stderr).toMatch(expected[index]!)
        expect(stderr + stdout).not.toContain('wr0ng-word')
      }
    }
  })

  test('take jobs back when the warm-up is cancelled', async () => {
    const [queue, server] = [await redis(), await objectServer()]
    const [site, machine] = [await clone(server.url), await clone(server.url, { images: 0 })]
    const interrupt = new AbortController()
    const warming = site.hd(['warm', '--queue', queue], { signal: interrupt.signal })
    await vi.waitUntil(() => server.count('PUT') === 3, { timeout: 20_000 })
    interrupt.abort()
    expect(await warming).toMatchObject({ status: 130, stderr: expect.stringContaining('cancelled: 0 of 3 images were made') })
    expect((await machine.hd(['worker', '--idle', '1s', '--queue', queue])).stdout).toBe('0 jobs done\n')
  })
})

test('hd worker needs a queue', async () => {
  expect((await (await clone(undefined)).hd('worker')).stderr).toContain('--queue is missing, and UNPLUGIN_HD_QUEUE is not set')
})

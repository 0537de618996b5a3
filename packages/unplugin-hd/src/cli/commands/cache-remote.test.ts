import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { objectServer, type ObjectServer } from '../../../../remote-cache/src/testing/object-server.ts'
import { imageBytes, packageWith, type Folder } from '../testing/cli.ts'

// These tests may themselves run in CI.
beforeEach(() => void vi.stubEnv('UNPLUGIN_HD_REMOTE', 'rw'))
afterEach(() => void vi.unstubAllEnvs())

async function project(remote: unknown): Promise<Folder> {
  const options = JSON.stringify({ cache: { dir: 'images', ...(remote !== undefined && { remote }) } })
  return packageWith({
    'src/main.js': "import a from './a.png?hd'\nimport b from './b.png?hd&as=picture&format=webp'",
    'src/a.png': await imageBytes(1),
    'src/b.png': await imageBytes(2),
    'unused.png': await imageBytes(3),
    // The form in which the plugin exposes its options.
    'webpack.config.mjs': `export default { context: import.meta.dirname, plugins: [{ [Symbol.for('unplugin-hd.options')]: ${options} }] }`,
  })
}

/** A project whose images were made while the remote cache was off. */
async function warmed(server: ObjectServer): Promise<Folder> {
  const folder = await project(server.url)
  vi.stubEnv('UNPLUGIN_HD_REMOTE', 'off')
  expect((await folder.hd('warm')).status).toBe(0)
  expect((await folder.hd('warm unused.png')).status).toBe(0)
  vi.stubEnv('UNPLUGIN_HD_REMOTE', 'rw')
  expect(server.requests).toEqual([])
  return folder
}

describe('hd cache push', () => {
  test('sends what the remote cache lacks, and pull fetches what a project needs', async () => {
    const server = await objectServer()
    const first = await warmed(server)
    const ofProject = JSON.parse((await first.hd('cache push --project --json')).stdout) as { sent: number }
    expect(ofProject).toMatchObject({ ok: true, present: 0, failures: [] })
    expect((await first.hd('cache push')).stdout).toMatch(
      new RegExp(`^1 entry sent \\([\\d.]+ k?B\\), ${ofProject.sent} already there\\n$`),
    )
    expect(server.objects.size).toBe(ofProject.sent + 1)

    const second = await project(server.url)
    expect((await second.hd('cache pull')).stdout).toMatch(/^2 images: 4 entries fetched \([\d.]+ kB\), 0 images not complete\n$/)
    vi.stubEnv('UNPLUGIN_HD_REMOTE', 'off')
    expect((await second.hd('warm --check')).status).toBe(0)
  })

  test('fails with one line where nothing may be sent, and without a remote cache', async () => {
    const server = await objectServer()
    const first = await warmed(server)
    vi.stubEnv('UNPLUGIN_HD_REMOTE', '')
    vi.stubEnv('CI', 'true')
    expect(await first.hd('cache push')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^nothing is sent to http.*UNPLUGIN_HD_REMOTE=rw to write\) \(HD_REMOTE\)\nSee https:\S+#HD_REMOTE\n$/,
      ),
    })
    expect(server.count('PUT')).toBe(0)
    expect(await (await project(undefined)).hd('cache push')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/'cache.remote' is not set.*\(HD_OPTION\)\nSee https:\S+#HD_OPTION\n$/),
    })
  })

  test('gives up after a few failures', async () => {
    const server = await objectServer()
    const first = await warmed(server)
    server.fault = ({ method }, response) => method === 'PUT' && response.writeHead(500).end()
    const { status, stderr } = await first.hd('cache push')
    expect(status).toBe(1)
    expect(stderr).toContain('HTTP 500 for PUT')
  })
})

test('hd cache pull says how many images are not there, and makes none', async () => {
  const server = await objectServer()
  const folder = await project(server.url)
  const { stdout, status } = await folder.hd('cache pull')
  expect({ status, stdout }).toEqual({ status: 0, stdout: '2 images: 0 entries fetched (0 B), 2 images not complete\n' })
  expect(server.count('PUT')).toBe(0)
})

test('hd warm says what it sent and fetched', async () => {
  const server = await objectServer()
  expect((await (await project(server.url)).hd('warm')).stderr).toMatch(/^remote cache: \d+ entries sent \([\d.]+ kB\)\n$/)
  expect((await (await project(server.url)).hd('warm')).stderr).toMatch(/^remote cache: 4 entries fetched \([\d.]+ kB\)\n$/)
})

describe('hd doctor', () => {
  test('asks the remote cache', async () => {
    const server = await objectServer()
    const folder = await project(server.url)
    const { remote, ok } = JSON.parse((await folder.hd('doctor --json')).stdout) as Record<string, unknown>
    expect({ remote, ok }).toMatchObject({
      ok: true,
      remote: { ok: true, facts: { location: server.url, access: 'read and write', signature: 'none' } },
    })
    expect((await folder.hd('doctor')).stdout).toContain(`✓ remote cache\n    location: ${server.url}\n`)
    server.fault = (_, response) => response.writeHead(403).end()
    const denied = await folder.hd('doctor')
    expect(denied.status).toBe(1)
    expect(denied.stdout).toMatch(/✗ remote cache\n[^✓✗]*HTTP 403 for HEAD/)
  })
})

test('a damaged entry is not sent', async () => {
  const server = await objectServer()
  const first = await warmed(server)
  const { entries } = JSON.parse((await first.hd('cache ls --json')).stdout) as { entries: { file: string; bytes: number }[] }
  const [{ file, bytes }] = entries as [{ file: string; bytes: number }]
  const content = await readFile(file)
  content[bytes - 1]! ^= 1
  await writeFile(file, content)
  const { sent } = JSON.parse((await first.hd('cache push --json')).stdout) as { sent: number }
  expect(sent).toBe(entries.length - 1)
})

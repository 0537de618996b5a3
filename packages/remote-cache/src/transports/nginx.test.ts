import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { clone } from '../testing/clones.ts'
import { freePort, isInstalled, startProgram } from '../testing/programs.ts'

const WEBP = { format: 'webp' } as const
const PAGE = fileURLToPath(new URL('../../../../docs/remote-cache.md', import.meta.url))

/** The configuration that the documentation recommends, on loopback and without TLS. */
async function documented(port: number, folder: string): Promise<string> {
  const block = /```nginx\n([^`]+)```/.exec(await readFile(PAGE, 'utf8'))![1]!
  const http = block.replace('listen 443 ssl', `listen 127.0.0.1:${port}`).replace('/var/cache/images', `${folder}/images`)
  const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`)
  // Started by root, its workers would be another user, who may not read the folder of a test.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  // One process, so that no worker survives the one that is stopped.
  return `${user} daemon off; master_process off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${own.join(' ')}\n${http} }`
}

describe.skipIf(!isInstalled('nginx'))('nginx as the documentation has it (skipped without nginx)', () => {
  test('serves who may read, and takes from who may write', async () => {
    const port = await freePort()
    await startProgram(
      'nginx',
      async ({ folder }) => {
        const config = path.join(folder, 'nginx.conf')
        await writeFile(config, await documented(port, folder))
        return ['-p', folder, '-e', 'stderr', '-c', config]
      },
      port,
    )
    const url = `http://127.0.0.1:${port}/hd`
    const build = async (token: string) => {
      const made = await clone(url, { UNPLUGIN_HD_REMOTE_TOKEN: token })
      await made.make(3, WEBP)
      await made.hd.close()
      return made
    }
    const early = await build('READ-TOKEN')
    expect(early.upscaled()).toBe(3)
    expect(early.warnings).toEqual([expect.stringContaining('HTTP 403 for PUT')])
    expect((await build('WRITE-TOKEN')).warnings).toEqual([])
    const reader = await build('READ-TOKEN')
    expect([reader.upscaled(), ...reader.warnings]).toEqual([0])
    const stranger = await build('GUESSED')
    expect(stranger.upscaled()).toBe(3)
    expect(stranger.warnings).toEqual([expect.stringContaining('HTTP 403 for')])
  })
})

import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createWechatEmulator, type WechatEmulator } from '@unplugin-hd/wechat-emulator'

const run = promisify(execFile)
const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
)

async function start(): Promise<{ emulator: WechatEmulator; url: string; folder: string; image: Buffer }> {
  const emulator = createWechatEmulator()
  const url = await emulator.listen()
  const folder = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-'))
  onTestFinished(async () => {
    await emulator.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  const create = { width: 31, height: 20, channels: 3 as const, background: '#a04010' }
  const image = await sharp({ create }).jpeg().toBuffer()
  await writeFile(path.join(folder, 'test.jpg'), image)
  return { emulator, url, folder, image }
}

async function curl(...args: string[]): Promise<string> {
  const { stdout } = await run('curl', ['-s', ...args])
  return stdout
}

// The samples of WeChat's documentation; only the host is changed.
describe.skipIf(!hasCurl)('curl against the emulator', () => {
  test('gets a token, uploads a file, and downloads the 2x to a file', async () => {
    const { emulator, url, folder } = await start()
    const { appid, secret } = emulator.accounts[0]!
    const { access_token: token } = JSON.parse(
      await curl(`${url}/cgi-bin/token?grant_type=client_credential&appid=${appid}&secret=${secret}`),
    )
    const uploaded = JSON.parse(
      await curl('-F', `img=@${path.join(folder, 'test.jpg')}`, `${url}/cv/img/superresolution?access_token=${token}`),
    )
    expect(uploaded).toEqual({ errcode: 0, errmsg: 'ok', media_id: expect.any(String) })
    const output = path.join(folder, 'output.jpg')
    const medium = `${url}/cgi-bin/media/get?access_token=${token}&media_id=${uploaded.media_id}`
    await curl(medium, '-o', output)
    expect(await sharp(await readFile(output)).metadata()).toMatchObject({ format: 'jpeg', width: 62, height: 40 })
    expect(await curl('-I', '-G', medium)).toMatch(/^HTTP\/1\.1 200 OK[^]*filename="[\w-]+\.jpg"/)
  })

  test('makes WeChat fetch a URL', async () => {
    const { emulator, url, image } = await start()
    const host = createServer((_, response) => response.end(image))
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void host.close())
    const token = emulator.accounts[0]!.tokens.stable(false).access_token
    const address = encodeURIComponent(`http://127.0.0.1:${(host.address() as AddressInfo).port}/test.jpg`)
    const answer = JSON.parse(await curl(`${url}/cv/img/superresolution?img_url=${address}&access_token=${token}`))
    expect(answer).toEqual({ errcode: 0, errmsg: 'ok', media_id: expect.any(String) })
  })
})

// A third-party client for WeChat.
test('co-wechat-api gets a token and a file from the emulator, and understands its errors', async () => {
  const { emulator, url, image } = await start()
  const { appid, secret } = emulator.accounts[0]!
  const WechatApi = createRequire(import.meta.url)('co-wechat-api')
  const api = new WechatApi(appid, secret)
  api.prefix = `${url}/cgi-bin/`
  const { accessToken } = await api.ensureAccessToken()
  const form = new FormData()
  form.set('img', new Blob([Uint8Array.from(image)], { type: 'image/jpeg' }), 'test.jpg')
  const said = await fetch(`${url}/cv/img/superresolution?access_token=${accessToken}`, { method: 'POST', body: form })
  const { media_id: mediaId } = (await said.json()) as { media_id: string }
  expect(await sharp(await api.getMedia(mediaId)).metadata()).toMatchObject({ width: 62, height: 40 })
  await expect(api.getMedia('unknown')).rejects.toMatchObject({ name: 'WeChatAPIError', code: 40007 })
})

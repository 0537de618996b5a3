import { request as httpRequest } from 'node:http'
import sharp from 'sharp'
import { onTestFinished } from 'vitest'
import { createWechatEmulator, type WechatEmulator } from './emulator.ts'
import type { EmulatorOptions } from './options.ts'

export interface Said {
  status: number
  type: string
  headers: Headers
  bytes: Buffer
  json: Record<string, any>
  errcode: unknown
  errmsg: string
}

/** A running emulator that ends with the test. */
export async function start(options: EmulatorOptions = {}): Promise<WechatEmulator> {
  const emulator = createWechatEmulator(options)
  await emulator.listen()
  onTestFinished(() => emulator.close())
  return emulator
}

/** One real call, with its whole body. */
export async function say(url: string, init: RequestInit = {}): Promise<Said> {
  const response = await fetch(url, init)
  const bytes = Buffer.from(await response.arrayBuffer())
  let json: Record<string, any> = {}
  try {
    json = JSON.parse(bytes.toString()) as Record<string, any>
  } catch {
    // A file or a page.
  }
  const { status, headers } = response
  const type = headers.get('content-type') ?? ''
  return { status, type, headers, bytes, json, errcode: json['errcode'], errmsg: String(json['errmsg']) }
}

export function postJson(url: string, body: unknown): Promise<Said> {
  return say(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
}

/** A valid token of the first account. */
export function tokenOf(emulator: WechatEmulator): string {
  return emulator.accounts[0]!.tokens.stable(false).access_token
}

export function askStable(emulator: WechatEmulator, change: Record<string, unknown> = {}): Promise<Said> {
  const { appid, secret } = emulator.accounts[0]!
  return postJson(`${emulator.url}/cgi-bin/stable_token`, { grant_type: 'client_credential', appid, secret, ...change })
}

export function askPlain(emulator: WechatEmulator, change: Record<string, string> = {}): Promise<Said> {
  const { appid, secret } = emulator.accounts[0]!
  const query = new URLSearchParams({ grant_type: 'client_credential', appid, secret, ...change })
  return say(`${emulator.url}/cgi-bin/token?${query}`)
}

export function superUrl(emulator: WechatEmulator, token: string = tokenOf(emulator)): string {
  return `${emulator.url}/cv/img/superresolution?access_token=${token}`
}

/** Uploads in the field `img`. */
export function upload(emulator: WechatEmulator, bytes: Uint8Array, token?: string): Promise<Said> {
  const form = new FormData()
  form.set('img', new Blob([Uint8Array.from(bytes)], { type: 'image/jpeg' }), 'image.jpg')
  return say(superUrl(emulator, token), { method: 'POST', body: form })
}

export function download(emulator: WechatEmulator, mediaId: string, token: string = tokenOf(emulator)): Promise<Said> {
  return say(`${emulator.url}/cgi-bin/media/get?access_token=${token}&media_id=${mediaId}`)
}

/** An image with one colour on the left and another on the right. */
export function encodedImage(width = 17, height = 11, format: 'jpeg' | 'png' | 'webp' | 'gif' = 'jpeg'): Promise<Buffer> {
  const right = { width: Math.ceil(width / 2), height, channels: 3 as const, background: '#ff8000' }
  return sharp({ create: { width, height, channels: 3, background: '#0040c0' } })
    .composite([{ input: { create: right }, left: Math.floor(width / 2), top: 0 }])
    .toFormat(format)
    .toBuffer()
}

/** A call with exactly these bytes and headers, including ones that fetch would not send. */
export function raw(url: string, method: string, headers: Record<string, string>, chunks: (string | Buffer)[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject)
    for (const chunk of chunks) request.write(chunk)
    request.end()
  })
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type { WechatEmulator } from '@unplugin-hd/wechat-emulator'

const requireOfWechat = createRequire(new URL('../../../packages/wechat/package.json', import.meta.url))
const requireOfSdk = createRequire(requireOfWechat.resolve('wx-server-sdk'))
const { Reader, Writer } = requireOfSdk('protobufjs/minimal') as {
  Reader: { create(bytes: Uint8Array): PbReader }
  Writer: { create(): PbWriter }
}
interface PbReader {
  pos: number
  readonly len: number
  uint32(): number
  bytes(): Uint8Array
  string(): string
  skipType(wireType: number): unknown
}
interface PbWriter {
  uint32(value: number): PbWriter
  bytes(value: Uint8Array): PbWriter
  string(value: string): PbWriter
  int32(value: number): PbWriter
  finish(): Uint8Array
}

/** One argument of an `openapi` call, as the SDK sends it. */
interface Pair {
  key: string
  value: Buffer
  filename: string
}

export interface TencentCloud {
  /** For the SDK's `serviceUrl`, or the URL in TCB_CONTEXT_CNFG. */
  url: string
  /** The `openapi` calls so far. */
  calls: { api: string; pairs: Pair[] }[]
  /** The files in the cloud storage, by path. */
  files: Map<string, Buffer>
  /** The number of downloads from there. */
  fetched: number
  /** The permissions of the function, as in its config.json. */
  permissions: Set<string>
  close(): Promise<void>
}

/** Replaces Tencent Cloud for a real `wx-server-sdk`, on loopback: cloud calls go to the emulator, files stay in memory. */
export async function startTencentCloud(emulator: WechatEmulator): Promise<TencentCloud> {
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cloud: TencentCloud = {
    url: `${origin}/admin`,
    calls: [],
    files: new Map(),
    fetched: 0,
    permissions: new Set(['img.superresolution', 'customerServiceMessage.getTempMedia']),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return cloud

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const url = new URL(request.url ?? '', origin)
    if (url.pathname.startsWith('/storage/')) return storage(request.method, url, body, response)
    const contentType = request.headers['content-type'] ?? ''
    if (contentType.startsWith('multipart/form-data')) {
      const fields = readForm(body, contentType)
      const answer = await openApi(String(fields.get('apiName')), readPairs(fields.get('requestData')!))
      return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(answer)
    }
    const answer = action(JSON.parse(body.toString()) as Record<string, unknown>)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ requestId: 'r', data: answer }))
  }

  async function openApi(api: string, pairs: Pair[]): Promise<Uint8Array> {
    cloud.calls.push({ api, pairs })
    if (!cloud.permissions.has(api)) return respond(Buffer.alloc(0), '', -604101)
    try {
      const answer = api === 'img.superresolution' ? await superresolution(pairs) : await getTempMedia(pairs)
      return respond(Buffer.from(await answer.arrayBuffer()), answer.headers.get('content-type') ?? '', 0)
    } catch {
      // WeChat closed the connection.
      return respond(Buffer.alloc(0), '', -604_103)
    }
  }

  function superresolution(pairs: Pair[]): Promise<Response> {
    const [pair] = pairs
    if (pair!.key === 'img_url') {
      const address = encodeURIComponent(JSON.parse(pair!.value.toString()) as string)
      return fetch(`${emulator.url}/cv/img/superresolution?img_url=${address}`, { method: 'POST' })
    }
    const form = new FormData()
    // The SDK (4.0.2) sends the file's name, but not its type.
    form.append(
      pair!.key,
      new Blob([new Uint8Array(pair!.value)], { type: /jpe?g$/.test(pair!.filename) ? 'image/jpeg' : 'image/png' }),
      pair!.filename,
    )
    return fetch(`${emulator.url}/cv/img/superresolution`, { method: 'POST', body: form })
  }

  function getTempMedia(pairs: Pair[]): Promise<Response> {
    const [pair] = pairs
    if (pair!.key !== 'media_id') throw new Error(`got ${pair!.key}`)
    return fetch(`${emulator.url}/cgi-bin/media/get?media_id=${JSON.parse(pair!.value.toString()) as string}`)
  }

  function action(parameters: Record<string, unknown>): unknown {
    switch (parameters['action']) {
      case 'storage.getUploadMetadata': {
        const fileId = `cloud://env-test.bucket/${String(parameters['path'])}`
        return { url: `${origin}/storage/${String(parameters['path'])}`, token: 't', authorization: 'a', fileId, cosFileId: 'c' }
      }
      case 'storage.batchGetDownloadUrl':
        return {
          download_list: (parameters['file_list'] as { fileid: string }[]).map(({ fileid }) => {
            const path = pathOf(fileid)
            if (!cloud.files.has(path)) return { fileID: fileid, code: 'STORAGE_FILE_NONEXIST' }
            return { code: 'SUCCESS', fileID: fileid, tempFileURL: `${origin}/storage/${path}?sign=signed` }
          }),
        }
      case 'storage.batchDeleteFile':
        return {
          delete_list: (parameters['fileid_list'] as string[]).map((fileID) => {
            return { code: cloud.files.delete(pathOf(fileID)) ? 'SUCCESS' : 'STORAGE_FILE_NONEXIST', fileID }
          }),
        }
      default:
        throw new Error(`no ${String(parameters['action'])}`)
    }
  }

  function storage(method: string | undefined, url: URL, body: Buffer, response: ServerResponse): void {
    const path = url.pathname.slice('/storage/'.length)
    if (method === 'PUT') {
      cloud.files.set(path, body)
      return void response.writeHead(200).end()
    }
    const file = url.searchParams.get('sign') === 'signed' ? cloud.files.get(path) : undefined
    cloud.fetched++
    if (!file) return void response.writeHead(403, { 'content-type': 'application/xml' }).end('<Error/>')
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': file.length }).end(file)
  }
}

/** The real SDK, as in a cloud function. */
export function loadWxServerSdk(): WxServerSdk {
  return requireOfWechat('wx-server-sdk') as WxServerSdk
}

export interface WxServerSdk {
  /** A fresh copy, so that tests do not share the arguments of `init()`. */
  createNewInstance(config: Record<string, unknown>): { openapi: Record<string, unknown> }
}

function pathOf(fileID: string): string {
  return fileID.replace(/^cloud:\/\/[^/]+\//, '')
}

/** The fields of a form, as bytes. */
function readForm(body: Buffer, contentType: string): Map<string, Buffer> {
  const boundary = `--${/boundary=(.+)$/.exec(contentType)![1]}`
  const fields = new Map<string, Buffer>()
  for (let at = body.indexOf(boundary); ;) {
    const next = body.indexOf(boundary, at + boundary.length)
    if (next < 0) return fields
    const head = body.indexOf('\r\n\r\n', at)
    const name = /name="([^"]+)"/.exec(body.toString('latin1', at, head))![1]!
    fields.set(name, body.subarray(head + 4, next - 2))
    at = next
  }
}

/** CommApiData: field 2 is OpenApiData, a list of KeyValuePair in its field 1. */
function readPairs(bytes: Buffer): Pair[] {
  const lists = fieldsOf(bytes).filter(([number]) => number === 2)
  return lists
    .flatMap(([, list]) => fieldsOf(list))
    .map(([, pair]) => {
      const fields = new Map(fieldsOf(pair))
      const text = (number: number): string => (fields.get(number) ?? Buffer.alloc(0)).toString()
      return { key: text(1), value: fields.get(2) ?? Buffer.alloc(0), filename: text(4) }
    })
}

/** The length-delimited fields; others are skipped. */
function fieldsOf(bytes: Uint8Array): [number, Buffer][] {
  const reader = Reader.create(bytes)
  const fields: [number, Buffer][] = []
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    if ((tag & 7) === 2) fields.push([tag >>> 3, Buffer.from(reader.bytes())])
    else reader.skipType(tag & 7)
  }
  return fields
}

/** CommOpenApiResp: respData, contentType, errorCode. */
function respond(data: Buffer, contentType: string, errorCode: number): Uint8Array {
  return Writer.create().uint32(10).bytes(data).uint32(18).string(contentType).uint32(24).int32(errorCode).finish()
}

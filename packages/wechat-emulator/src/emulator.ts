import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Account } from './account.ts'
import { answerCall } from './answer-call.ts'
import type { World } from './call.ts'
import { Clock } from './clock.ts'
import { deliver } from './deliver.ts'
import { Faults, type Endpoint, type Fault } from './faults.ts'
import { MediaShelf } from './media.ts'
import { resolveOptions, type Behaviour, type EmulatorOptions } from './options.ts'
import { readBody } from './read-body.ts'
import { NO_ANSWER, type RecordedRequest } from './record.ts'
import { html } from './render.ts'
import { Rids } from './rids.ts'
import { endpointAt } from './router.ts'

export interface WechatEmulator {
  /** `http://127.0.0.1:<port>`, to use in place of `https://api.weixin.qq.com`. Set by `listen()`. */
  readonly url: string
  /** Every call, oldest first, with secrets as sent. */
  readonly requests: RecordedRequest[]
  /** The accounts. Their quotas, tokens and whitelists may be changed while the server runs. */
  readonly accounts: readonly Account[]
  /** May be changed while the server runs. */
  readonly behaviour: Behaviour
  /** The highest number of concurrent calls of `superresolution` so far. */
  readonly peak: number
  /** @returns `url` */
  listen(): Promise<string>
  /** Closes the server and every connection, including those of calls in progress. */
  close(): Promise<void>
  /** Applies the fault to the next `times` calls of the endpoint; a number is an errcode. @param times @default 1 */
  fail(endpoint: Endpoint, fault: Fault | number, times?: number): void
  /** Applies one step to each of the next calls of the endpoint; a number is an errcode. */
  script(endpoint: Endpoint, steps: readonly (Fault | number | 'ok')[]): void
  /** Clears the queues of `fail` and `script`. */
  calm(): void
  /** Advances the clock. @param ms milliseconds */
  advance(ms: number): void
}

/**
 * A server on 127.0.0.1 that behaves like WeChat's `img.superresolution` and the endpoints around it.
 * @throws HdError `HD_OPTION` for an option that is not allowed
 */
export function createWechatEmulator(options: EmulatorOptions = {}): WechatEmulator {
  const resolved = resolveOptions(options)
  const clock = new Clock(resolved.now)
  const accounts = resolved.accounts.map((account) => new Account(account, clock))
  const world: World = { options: resolved, clock, accounts, shelf: new MediaShelf(clock), rids: new Rids(clock) }
  const faults = new Faults(resolved.faults)
  const requests: RecordedRequest[] = []
  let url = ''
  let running = 0
  let peak = 0

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = describe(message, clock.now())
    requests.push(request)
    // WeChat's front end requires a Content-Length, even for an empty body; seen with axios streams and Ktor.
    if (message.method === 'POST' && message.headers['content-length'] === undefined) return refuse(request, response, 412)
    const body = await readBody(message)
    if (body === 'too-large') return refuse(request, response, 413)
    if (body === 'gone') {
      request.answer = NO_ANSWER
      return
    }
    request.body = body
    request.fault = request.endpoint && faults.next(request.endpoint)
    const isImage = request.endpoint === 'superresolution'
    if (isImage) peak = Math.max(peak, ++running)
    try {
      const wire = await answerCall(world, request)
      if (!wire) return void response.socket?.resetAndDestroy()
      deliver(response, wire, request.fault)
    } finally {
      if (isImage) running--
    }
  }

  const server = createServer((message, response) => {
    handle(message, response).catch(() => response.destroy())
  })

  return {
    get url() {
      return url
    },
    get peak() {
      return peak
    },
    requests,
    accounts,
    behaviour: resolved.behaviour,
    async listen() {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(resolved.port, '127.0.0.1', () => {
          server.off('error', reject)
          resolve()
        })
      })
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      return url
    },
    async close() {
      if (!server.listening) return
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
    fail(endpoint, fault, times = 1) {
      faults.queue(
        endpoint,
        Array.from({ length: times }, () => toFault(fault)),
      )
    },
    script(endpoint, steps) {
      faults.queue(
        endpoint,
        steps.map((step) => (step === 'ok' ? step : toFault(step))),
      )
    },
    calm: () => faults.clear(),
    advance: (ms) => clock.advance(ms),
  }
}

function toFault(fault: Fault | number): Fault {
  return typeof fault === 'number' ? { kind: 'errcode', errcode: fault } : fault
}

function describe(message: IncomingMessage, at: number): RecordedRequest {
  const { method = '', url = '/', headers } = message
  const [path = '', query] = url.split(/\?(.*)/s)
  const described = { method, url, path, query: new URLSearchParams(query), headers, body: Buffer.alloc(0), at }
  return { ...described, endpoint: endpointAt(path), fault: undefined, answer: undefined }
}

/** Refuses a body as the front end does. The connection cannot be reused, because the body is unread. */
function refuse(request: RecordedRequest, response: ServerResponse, status: 412 | 413): void {
  const page = html(status, `<html><head><title>${status}</title></head><body></body></html>`)
  page.headers['Connection'] = 'close'
  request.answer = page.summary
  deliver(response, page, undefined)
}

import { randomBytes } from 'node:crypto'
import { DAY, SECOND, type Clock } from './clock.ts'
import { Refusal } from './errcodes.ts'
import type { RecordedRequest } from './record.ts'

/** How long a rid can be looked up. Milliseconds. */
const LIFE = 7 * DAY

/** What `rid/get` returns. */
export interface RidReport {
  /** Seconds since 1970. */
  invoke_time: number
  cost_in_ms: number
  /** Contains the token, as WeChat's does. */
  request_url: string
  request_body: string
  response_body: string
  client_ip: string
}

/** The refused calls, by the id in their errmsg. */
export class Rids {
  readonly #clock: Clock
  readonly #kept = new Map<string, { appid: string | undefined; at: number; report: RidReport }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A new id. Its first part is the time in seconds, as in WeChat's. */
  make(): string {
    const seconds = Math.floor(this.#clock.now() / SECOND).toString(16)
    return `${seconds.padStart(8, '0')}-${randomBytes(4).toString('hex')}-${randomBytes(4).toString('hex')}`
  }

  /** @param appid the account of the call; undefined if its token was not valid */
  keep(rid: string, appid: string | undefined, request: RecordedRequest, response: string, address: string): void {
    const type = String(request.headers['content-type'] ?? '')
    const report: RidReport = {
      invoke_time: Math.floor(request.at / SECOND),
      cost_in_ms: this.#clock.now() - request.at,
      request_url: request.url,
      request_body: type.startsWith('multipart/') ? '' : request.body.toString(),
      response_body: response,
      client_ip: address,
    }
    this.#kept.set(rid, { appid, at: this.#clock.now(), report })
  }

  /** @throws Refusal 76002 for a missing or malformed rid, 76001 for an unknown or expired one, 76003 for another account's */
  get(appid: string, rid: unknown): RidReport {
    if (typeof rid !== 'string' || !/^[0-9a-f]{8}(?:-[0-9a-f]{8}){2}$/.test(rid)) throw new Refusal(76002)
    const item = this.#kept.get(rid)
    if (!item || this.#clock.now() - item.at >= LIFE) throw new Refusal(76001)
    if (item.appid !== undefined && item.appid !== appid) throw new Refusal(76003)
    return item.report
  }
}

import { accountOf, type Account } from './account.ts'
import type { Clock } from './clock.ts'
import { Refusal } from './errcodes.ts'
import type { Fault } from './faults.ts'
import type { MediaShelf, Medium } from './media.ts'
import type { ResolvedOptions } from './options.ts'
import type { RecordedRequest } from './record.ts'
import type { Rids } from './rids.ts'

/** State shared by all calls. */
export interface World {
  readonly options: ResolvedOptions
  readonly clock: Clock
  readonly accounts: Account[]
  readonly shelf: MediaShelf
  readonly rids: Rids
}

/** One call that is being answered. */
export interface Call {
  readonly world: World
  readonly request: RecordedRequest
  readonly fault: Fault | undefined
  /** Set when the call's token has been accepted. */
  account: Account | undefined
}

/** JSON (`errcode` and `errmsg` are added where WeChat sends them), a file, or a page. */
export type Answer =
  | { kind: 'json'; fields: Record<string, unknown>; bare?: boolean; mediaId?: string }
  | { kind: 'file'; medium: Medium; name: string; mediaId?: string }
  | { kind: 'html'; status: number; text: string }

/** @throws Refusal 43002 for another method */
export function requirePost({ request }: Call): void {
  if (request.method !== 'POST') throw new Refusal(43002)
}

/** The account of the call. @throws Refusal as `accountOf` does */
export function authorize(call: Call): Account {
  const { accounts, options } = call.world
  const { query } = call.request
  const isTokenless = options.behaviour.cloudHosting && !query.has('access_token')
  const account = isTokenless ? accounts[0] : accountOf(accounts, query)
  if (!account) throw new Refusal(40013)
  call.account = account
  return account
}

/** The JSON object in the body. @throws Refusal 47001 for anything else */
export function jsonBody({ request }: Call): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(request.body.toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Refused below.
  }
  throw new Refusal(47001)
}

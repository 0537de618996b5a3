import type { Account } from './account.ts'
import { jsonBody, requirePost, type Answer, type Call } from './call.ts'
import { Refusal } from './errcodes.ts'

/** `GET /cgi-bin/token?grant_type=client_credential&appid=&secret=` */
export function plainToken(call: Call): Answer {
  const { query } = call.request
  const account = admitted(call, query.get('grant_type'), query.get('appid'), query.get('secret'))
  account.tokens.plainMeter.spend()
  return { kind: 'json', bare: true, fields: { ...account.tokens.plain() } }
}

/** `POST /cgi-bin/stable_token` with JSON `grant_type`, `appid`, `secret`, `force_refresh`. */
export function stableToken(call: Call): Answer {
  requirePost(call)
  const { grant_type: grant, appid, secret, force_refresh: force } = jsonBody(call)
  const account = admitted(call, grant, appid, secret)
  account.tokens.stableMeter.spend()
  return { kind: 'json', bare: true, fields: { ...account.tokens.stable(force === true) } }
}

/** @throws Refusal 40002, 41002, 41004, 40013, 40125, 40164, or the account's own `tokenErrcode` */
function admitted(call: Call, grant: unknown, appid: unknown, secret: unknown): Account {
  const { accounts, options } = call.world
  if (grant !== 'client_credential') throw new Refusal(40002)
  if (!appid) throw new Refusal(41002)
  if (!secret) throw new Refusal(41004)
  const account = accounts.find((candidate) => candidate.appid === appid)
  if (!account) throw new Refusal(40013)
  call.account = account
  account.admit(String(secret), options.clientAddress)
  return account
}

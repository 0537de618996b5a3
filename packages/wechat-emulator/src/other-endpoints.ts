import { authorize, jsonBody, requirePost, type Answer, type Call } from './call.ts'
import { Refusal } from './errcodes.ts'

/** `GET /cgi-bin/media/get?access_token=&media_id=`; HEAD returns only the headers, as in the documented sample. */
export function mediaGet(call: Call): Answer {
  const { request, world } = call
  if (request.method !== 'GET' && request.method !== 'HEAD') throw new Refusal(43001)
  const account = authorize(call)
  const id = request.query.get('media_id')
  if (!id) throw new Refusal(41006)
  const medium = world.shelf.get(account.appid, id)
  return { kind: 'file', medium, name: `${id}.${medium.extension}` }
}

/** `POST /cgi-bin/openapi/quota/get?access_token=` with JSON `cgi_path`; knows only `superresolution`. */
export function quotaGet(call: Call): Answer {
  requirePost(call)
  const { quota } = authorize(call)
  const { cgi_path: path } = jsonBody(call)
  if (typeof path !== 'string' || !/^\/[^/]/.test(path)) throw new Refusal(76003)
  if (path !== '/cv/img/superresolution') throw new Refusal(76021)
  const { perDay, perMinute, used } = quota
  const rate = Number.isFinite(perMinute) ? { rate_limit: { call_count: perMinute, refresh_second: 60 } } : {}
  return { kind: 'json', fields: { quota: { daily_limit: perDay, used, remain: Math.max(0, perDay - used) }, ...rate } }
}

/** `POST /cgi-bin/openapi/rid/get?access_token=` with JSON `rid`. */
export function ridGet(call: Call): Answer {
  requirePost(call)
  const { appid } = authorize(call)
  return { kind: 'json', fields: { request: call.world.rids.get(appid, jsonBody(call)['rid']) } }
}

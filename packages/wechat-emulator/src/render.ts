import type { Answer, Call } from './call.ts'
import type { Refusal } from './errcodes.ts'
import type { RecordedAnswer } from './record.ts'

/** An answer as it is sent. */
export interface Wire {
  status: number
  headers: Record<string, string>
  body: Buffer
  summary: RecordedAnswer
}

const JSON_TYPE = 'application/json; encoding=utf-8'

/** Turns an answer into status, headers and bytes. */
export function render(answer: Answer, call: Call): Wire {
  const nothing = { status: 200, errcode: undefined, mediaId: undefined, rid: undefined }
  if (answer.kind === 'html') return html(answer.status, answer.text)
  if (answer.kind === 'file') {
    const { medium, name, mediaId } = answer
    const headers = { 'Content-Type': medium.type, 'Content-disposition': `attachment; filename="${name}"` }
    return wire(200, headers, Buffer.from(medium.bytes), { ...nothing, errcode: 0, mediaId })
  }
  const code = errcodeField(0, call)
  const status = answer.bare || code === undefined ? {} : { errcode: code, errmsg: 'ok' }
  const body = Buffer.from(JSON.stringify({ ...status, ...answer.fields }))
  return wire(200, { 'Content-Type': jsonType(call) }, body, { ...nothing, errcode: 0, mediaId: answer.mediaId })
}

/** An error as JSON: HTTP 200, the code also in a header, and a rid at the end of errmsg. */
export function renderRefusal({ errcode, message }: Refusal, call: Call): Wire {
  const { rids, options } = call.world
  const rid = rids.make()
  const text = JSON.stringify({ errcode: errcodeField(errcode, call), errmsg: `${message} rid: ${rid}` })
  rids.keep(rid, call.account?.appid, call.request, text, options.clientAddress)
  const headers = { 'Content-Type': jsonType(call), LogicRet: String(errcode), RetKey: '14' }
  return wire(200, headers, Buffer.from(text), { status: 200, errcode, mediaId: undefined, rid })
}

/** An HTML page, as a gateway sends. */
export function html(status: number, text: string): Wire {
  const summary = { status, errcode: undefined, mediaId: undefined, rid: undefined }
  return wire(status, { 'Content-Type': 'text/html' }, Buffer.from(text), summary)
}

function wire(status: number, headers: Record<string, string>, body: Buffer, summary: RecordedAnswer): Wire {
  return {
    status,
    headers: { ...headers, 'Content-Length': String(body.length) },
    body,
    summary,
  }
}

function errcodeField(errcode: number, { world }: Call): number | string | undefined {
  const form = world.options.behaviour.errcode
  if (form === 'absent' && errcode === 0) return undefined
  return form === 'string' ? String(errcode) : errcode
}

function jsonType({ world, request }: Call): string {
  const { json } = world.options.behaviour
  if (json === 'application/json') return JSON_TYPE
  return json === 'text/plain' || request.endpoint === 'media/get' ? 'text/plain' : JSON_TYPE
}

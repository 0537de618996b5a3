import { setTimeout as delay } from 'node:timers/promises'
import { authorize, type Answer, type Call, type World } from './call.ts'
import { Refusal } from './errcodes.ts'
import { NO_ANSWER, type RecordedRequest } from './record.ts'
import { html, render, renderRefusal, type Wire } from './render.ts'
import { HANDLERS } from './router.ts'

/**
 * Answers one call as WeChat does, or with the request's fault, and records the answer in the request.
 * @returns undefined if the connection must be closed without an answer
 */
export async function answerCall(world: World, request: RecordedRequest): Promise<Wire | undefined> {
  const { fault } = request
  const call: Call = { world, request, fault, account: undefined }
  if (fault?.kind === 'drop' && fault.when === 'before') {
    request.answer = NO_ANSWER
    return undefined
  }
  const wire = await work(call)
  if (fault?.kind === 'slow') {
    // Unreferenced, so that it does not keep the process alive after the server was closed.
    if (typeof fault.until === 'number') await delay(fault.until, undefined, { ref: false })
    else await fault.until
  }
  if (fault?.kind === 'drop') {
    request.answer = { ...wire.summary, status: 0 }
    return undefined
  }
  request.answer = wire.summary
  return wire
}

async function work(call: Call): Promise<Wire> {
  const { fault } = call
  if (fault?.kind === 'html') {
    const status = fault.status ?? 502
    return html(status, `<html><head><title>${status}</title></head><body><center>nginx</center></body></html>`)
  }
  try {
    if (fault?.kind === 'errcode') throw new Refusal(fault.errcode, fault.errmsg)
    if (fault?.kind === 'kill-token') authorize(call).tokens.kill()
    return render(await answer(call), call)
  } catch (error) {
    // Any other internal error appears to the client as "system busy".
    return renderRefusal(error instanceof Refusal ? error : new Refusal(-1), call)
  }
}

function answer(call: Call): Answer | Promise<Answer> {
  const { endpoint } = call.request
  // Callers of paths that the gateway did not know got this code in 2020, 2021 and 2024.
  if (!endpoint) throw new Refusal(40066)
  return HANDLERS[endpoint](call)
}

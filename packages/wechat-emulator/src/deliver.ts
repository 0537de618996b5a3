import type { ServerResponse } from 'node:http'
import type { Fault } from './faults.ts'
import type { Wire } from './render.ts'

/** Writes an answer, damaged by the fault. */
export function deliver(response: ServerResponse, { status, headers, body }: Wire, fault: Fault | undefined): void {
  if (fault?.kind === 'truncate') {
    const part = body.subarray(0, Math.floor(body.length * (fault.keep ?? 0.5)))
    if (fault.announce === 'part') send(response, status, headers, part, part.length)
    else send(response, status, headers, part, body.length)
  } else if (fault?.kind === 'length') {
    send(response, status, headers, body, Math.max(0, body.length + fault.by))
  } else {
    send(response, status, headers, body, body.length)
  }
}

/** Announces `length` bytes and sends `body`; closes the connection if the two differ. */
function send(response: ServerResponse, status: number, headers: Record<string, string>, body: Buffer, length: number): void {
  const differs = body.length !== length
  const connection = differs ? { Connection: 'close' } : {}
  response.writeHead(status, { ...headers, ...connection, 'Content-Length': String(length) })
  if (!differs) {
    response.end(body)
    return
  }
  // Not `end`: Node would keep the connection open for the missing bytes.
  response.write(body, () => response.socket?.end())
}

import type { Reply, Request } from './protocol.ts'
import { serve } from './serve.ts'

/** The part of `DedicatedWorkerGlobalScope` that is used. The types of browsers and of Node cannot be loaded together. */
declare const self: {
  postMessage(reply: Reply, transfer: ArrayBuffer[]): void
  addEventListener(type: 'message', listener: (event: { data: Request }) => void): void
}

// A timer would wait 4 milliseconds.
const { port1, port2 } = new MessageChannel()
const turns: (() => void)[] = []
port2.addEventListener('message', () => turns.shift()?.())
port2.start()

serve({
  post: (reply, transfer) => self.postMessage(reply, transfer),
  listen: (listener) => self.addEventListener('message', ({ data }) => listener(data)),
  turn: () =>
    new Promise((resolve) => {
      turns.push(resolve)
      port1.postMessage(undefined)
    }),
})

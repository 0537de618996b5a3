import { parentPort } from 'node:worker_threads'
import { serve } from './serve.ts'

const port = parentPort!

serve({
  post: (reply, transfer) => port.postMessage(reply, transfer),
  listen: (listener) => port.on('message', listener),
  // Not a message to itself: Node would go on with that port for a thousand of them before it looks at another.
  turn: () => new Promise((resolve) => setImmediate(resolve)),
})

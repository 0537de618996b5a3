import { parentPort } from 'node:worker_threads'
import { serve } from './serve.ts'

const port = parentPort!

serve({
  post: (reply, transfer) => port.postMessage(reply, transfer),
  listen: (listener) => port.on('message', listener),
  // Not a message to itself: Node handles up to a thousand messages of one port before it checks another.
  turn: () => new Promise((resolve) => setImmediate(resolve)),
})

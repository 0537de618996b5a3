import { parentPort } from 'node:worker_threads'
import { serve } from './serve.ts'

const port = parentPort!

serve({
  post: (reply, transfer) => port.postMessage(reply, transfer),
  listen: (listener) => port.on('message', listener),
})

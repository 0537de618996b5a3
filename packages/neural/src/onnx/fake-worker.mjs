// Replaces worker.ts, without a runtime. The first byte of an image selects what it does.
import { parentPort, threadId, workerData } from 'node:worker_threads'

const reply = (message) => parentPort.postMessage(message, [])

parentPort.on('message', (request) => {
  if (request.type === 'end') process.exit()
  if (request.type === 'abort') return reply({ type: 'failed', failure: { code: 'HD_ABORTED', message: 'stopped' } })
  const { image } = request
  const [command] = image.data
  if (command === 1) throw new Error('crashed on purpose')
  else if (command === 2) process.exit(3)
  else if (command === 3) reply({ type: 'failed', failure: { code: 'HD_RUNTIME', message: 'out of memory' } })
  else if (command === 4) reply({ type: 'progress', fraction: 0.5 })
  else if (command === 5) {
    reply({ type: 'unusable', failure: { code: 'HD_MODEL', message: 'no net', remedy: workerData.settings.cwd } })
  } else reply({ type: 'done', image: { ...image, width: threadId } })
})

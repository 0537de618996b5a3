// A stand-in for worker.ts without a runtime: what it does to a picture is told by the picture's first byte.
import { parentPort, threadId, workerData } from 'node:worker_threads'

const FAULT = { code: 'HD_RUNTIME', message: 'out of memory' }

parentPort.on('message', (request) => {
  if (request.type === 'abort')
    return parentPort.postMessage({ type: 'failed', fault: { code: 'HD_ABORTED', message: 'stopped' } })
  const { picture } = request
  const [command] = picture.data
  if (command === 1) throw new Error('crashed on purpose')
  else if (command === 2) process.exit(3)
  else if (command === 3) parentPort.postMessage({ type: 'failed', fault: FAULT })
  else if (command === 4) parentPort.postMessage({ type: 'progress', fraction: 0.5 })
  else if (command === 5)
    parentPort.postMessage({ type: 'unusable', fault: { code: 'HD_MODEL', message: 'no net', remedy: workerData.cwd } })
  else parentPort.postMessage({ type: 'done', picture: { ...picture, width: threadId } })
})

import { parentPort, workerData } from 'node:worker_threads'
import { Brake } from './brake.ts'
import { WorkerError, type WorkerErrorDetails, reason } from './worker-error.ts'
import { type Net, openNet } from './net.ts'
import type { Reply, Request, WorkerData } from './protocol.ts'
import { loadRuntime } from './runtime.ts'
import { openSession } from './session.ts'
import type { RgbImage } from '../image.ts'
import { upscaleTiles } from './upscale-tiles.ts'

const port = parentPort!
const { settings, brake: memory } = workerData as WorkerData
const brake = new Brake(memory)
let aborted = false

function reply(message: Reply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}

function toDetails(error: unknown): WorkerErrorDetails {
  if (error instanceof WorkerError) return error.details
  return { code: 'HD_RUNTIME', message: `the runtime failed: ${reason(error)}` }
}

async function open(): Promise<Net> {
  const runtime = await loadRuntime(settings)
  const { session, note } = await openSession(runtime, settings)
  const net = await openNet(runtime, session, settings)
  const notes = [runtime.note, note].filter((each) => each !== undefined)
  reply({ type: 'ready', runtime: runtime.name, factor: net.factor, nativeMissing: runtime.nativeMissing, notes })
  return { ...net, run: (data, width, height) => brake.guard(() => net.run(data, width, height)) }
}

const opening = brake.guard(open)
opening.catch((error: unknown) => reply({ type: 'unusable', failure: toDetails(error) }))

async function upscale(image: RgbImage): Promise<void> {
  aborted = false
  try {
    const net = await opening
    const result = await upscaleTiles(net, image, (fraction) => {
      if (aborted) throw new WorkerError('HD_ABORTED', 'the work was cancelled')
      reply({ type: 'progress', fraction })
    })
    reply({ type: 'done', image: result }, [result.data.buffer as ArrayBuffer])
  } catch (error) {
    reply({ type: 'failed', failure: toDetails(error) })
  }
}

port.on('message', (request: Request) => {
  if (request.type === 'abort') aborted = true
  else if (request.type === 'end') process.exit()
  else void upscale(request.image)
})

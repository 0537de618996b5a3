import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Engine, EngineOptions } from './api.ts'
import { createEngineOn } from './engine.ts'
import type { Platform } from './platform.ts'

export * from './public.ts'

const node: Platform = {
  cores: availableParallelism,
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  start(listener) {
    // No inherited flags: `--input-type` and the main thread's loaders must not apply to this script. It is a single CommonJS file, because
    // a worker without the ES module loader starts faster.
    const worker = new Worker(new URL('./node-worker.cjs', import.meta.url), { execArgv: [], name: 'unplugin-hd-engine' })
    worker.unref()
    worker.on('message', (reply) => listener.reply(reply))
    let fault: string | undefined
    worker.on('error', (error) => (fault = `it crashed: ${error.message}`))
    worker.on('exit', (code) => listener.lost(fault ?? `it ended with exit code ${code}`))
    return {
      post: (request, transfer) => worker.postMessage(request, transfer),
      hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
      end: async () => void (await worker.terminate()),
    }
  },
}

/** @see Engine @param weights as `writeWeights` returns them @throws EngineError `ENGINE_WEIGHTS` or `ENGINE_INPUT` */
export function createEngine(weights: Uint8Array, options?: EngineOptions): Engine {
  return createEngineOn(node, weights, options)
}

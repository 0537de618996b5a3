import type { Engine, EngineOptions } from './api.ts'
import { createEngineOn } from './engine.ts'
import type { Platform } from './platform.ts'
import type { Reply, Request } from './protocol.ts'
import { sha256 } from './sha256.ts'

export * from './public.ts'

/** The parts of the browser that are used. The types of browsers and of Node cannot be loaded together. */
declare class Worker {
  constructor(script: URL, options: { type: 'module'; name: string })
  postMessage(request: Request, transfer: ArrayBuffer[]): void
  addEventListener(type: 'message', listener: (event: { data: Reply }) => void): void
  addEventListener(type: 'error' | 'messageerror', listener: (event: { message?: string }) => void): void
  terminate(): void
}

const browser: Platform = {
  cores: () => navigator.hardwareConcurrency ?? 1,
  sha256,
  start(listener) {
    // Bundlers recognise exactly this expression and emit the worker as a separate file.
    const worker = new Worker(new URL('./browser-worker.mjs', import.meta.url), { type: 'module', name: 'unplugin-hd-engine' })
    let isLost = false
    const lose = ({ message }: { message?: string }): void => {
      if (isLost) return
      isLost = true
      worker.terminate()
      listener.lost(`it crashed: ${message ?? 'no reason was given'}`)
    }
    worker.addEventListener('message', ({ data }) => listener.reply(data))
    worker.addEventListener('error', lose)
    worker.addEventListener('messageerror', lose)
    return {
      post: (request, transfer) => worker.postMessage(request, transfer),
      hold: () => undefined,
      end: async () => worker.terminate(),
    }
  },
}

/** @see Engine @param weights as `writeWeights` returns them @throws EngineError `ENGINE_WEIGHTS` or `ENGINE_INPUT` */
export function createEngine(weights: Uint8Array, options?: EngineOptions): Engine {
  return createEngineOn(browser, weights, options)
}

import { EngineError } from './errors.ts'
import { layWeights } from './layout.ts'
import { compileModule } from './module.ts'
import { Pipeline } from './pipeline.ts'
import { type PreparedNetwork, prepareNetwork } from './prepared.ts'
import type { Request } from './protocol.ts'
import type { Network } from './weights.ts'

/** The message that opens every worker. Prepared once, while the first worker starts, which takes longer. */
export class Opening {
  readonly #network: Network
  #request: Promise<Request> | undefined

  constructor(network: Network) {
    this.#network = network
  }

  /** Layers of the network. */
  get depth(): number {
    return this.#network.layers.length
  }

  /** The message that opens a worker. After a failure it is made again. @throws EngineError `ENGINE_START` */
  request(): Promise<Request> {
    return (this.#request ??= this.#make().catch((cause: unknown) => {
      this.#request = undefined
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new EngineError('ENGINE_START', `the engine cannot start, it needs WebAssembly with SIMD and memory: ${reason}`, {
        cause,
      })
    }))
  }

  async #make(): Promise<Request> {
    const module = await compileModule()
    const network = prepareNetwork(module, this.#network)
    warmUp(module, network)
    return { type: 'open', module, network }
  }
}

/**
 * Computes a small empty image. V8 optimises functions that are called often, which makes them several times as fast. Workers share the
 * code of a module, so it is optimised by the time they are ready.
 */
function warmUp(module: WebAssembly.Module, { channels }: PreparedNetwork): void {
  const inner = { inputs: channels, outputs: channels, slope: 1 }
  const layers = [{ ...inner, inputs: 3 }, inner, { ...inner, outputs: 12 }]
  const pipeline = new Pipeline(module, { channels, layers, memory: new Uint8Array(layWeights({ channels, layers }).end) })
  pipeline.begin({ width: 64, height: 16, region: { left: 0, top: 0, right: 16, bottom: 4, gives: false, takes: false } })
  const nowhere = { pixels: () => undefined, seam: () => undefined }
  while (!pipeline.isDone) pipeline.step(new Uint8Array(pipeline.wanted), nowhere)
}

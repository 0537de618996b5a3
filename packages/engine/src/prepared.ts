import { instantiate } from './kernels.ts'
import { computedShape, layWeights, POINTS } from './layout.ts'
import { pagesOf } from './memory.ts'
import type { Network } from './weights.ts'

/** A network as workers receive it, prepared once for all of them. */
export interface PreparedNetwork {
  channels: number
  layers: { inputs: number; outputs: number; slope: number }[]
  /** The lower part of a worker's memory, up to the end of the weights. */
  memory: Uint8Array<ArrayBuffer>
}

export function prepareNetwork(module: WebAssembly.Module, { channels, layers, width }: Network): PreparedNetwork {
  const shape = { channels, layers: layers.map(({ inputs, outputs, slope }) => ({ inputs, outputs, slope })) }
  const layout = layWeights(shape)
  // Behind the layout: the numbers of one output channel during its transform, then the encoded kernel of one layer.
  const scratch = layout.end
  const above = scratch + 8 * (21 + POINTS * Math.max(...layers.map(({ inputs }) => inputs)))
  const memory = new WebAssembly.Memory({ initial: pagesOf(above + Math.max(...layers.map(({ kernel }) => kernel.length))) })
  const kernels = instantiate(module, memory)
  const bytes = new Uint8Array(memory.buffer)
  for (const [index, { kernel, bias, inputs, outputs }] of layers.entries()) {
    const place = layout.layers[index]!
    const computed = computedShape({ inputs, outputs })
    bytes.set(kernel, above)
    kernels.transformKernels(above, width, inputs, outputs, computed.inputs, computed.outputs, place.kernel, scratch)
    new Float32Array(memory.buffer, place.bias, outputs).set(bias)
  }
  return { ...shape, memory: bytes.slice(0, layout.end) }
}

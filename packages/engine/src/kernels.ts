/** The exports of `assembly/`. Addresses and sizes are in bytes, except counts. */
export interface Kernels {
  transformKernels(
    from: number,
    width: number,
    inputs: number,
    outputs: number,
    inputsRead: number,
    outputsMade: number,
    to: number,
    scratch: number,
  ): void
  widen(from: number, to: number, pixels: number): void
  layer(
    rows: number,
    inputs: number,
    slab: number,
    kernel: number,
    bias: number,
    slope: number,
    results: number,
    outputs: number,
    tiles: number,
    workspace: number,
    products: number,
    block: number,
    scratch: number,
  ): void
  last(
    rows: number,
    inputs: number,
    slab: number,
    kernel: number,
    bias: number,
    source: number,
    sourceStride: number,
    lines: number,
    lineStride: number,
    tiles: number,
    workspace: number,
    products: number,
    block: number,
    scratch: number,
  ): void
}

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  return exports as Kernels
}

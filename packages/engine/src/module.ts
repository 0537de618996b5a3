import { KERNELS } from '../generated/kernels.ts'

let compiled: Promise<WebAssembly.Module> | undefined

/** The inner loops, compiled once. Workers get the module, not its bytes. */
export function compileModule(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(kernelBytes())
  return compiled
}

export function kernelBytes(): Uint8Array {
  return Uint8Array.from(atob(KERNELS), (character) => character.charCodeAt(0))
}

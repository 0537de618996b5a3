import { KERNELS } from '../generated/kernels.ts'

let compiled: Promise<WebAssembly.Module> | undefined

/** The inner loops, compiled once. Workers receive the module, not its bytes. */
export function compileModule(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(kernelBytes())
  return compiled
}

export function kernelBytes(): Uint8Array {
  const characters = atob(KERNELS)
  const bytes = new Uint8Array(characters.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at)
  return bytes
}

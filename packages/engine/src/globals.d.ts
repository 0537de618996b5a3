/** What Node and browsers share, and neither `lib.es2023` nor `@types/node` has. The types of browsers cannot be loaded beside those of Node. */
declare namespace WebAssembly {
  class Module {
    private constructor()
    static exports(module: Module): { name: string }[]
    static imports(module: Module): { module: string; name: string; kind: string }[]
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number })
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>)
    readonly exports: object
  }
  function compile(bytes: Uint8Array): Promise<Module>
}

declare const navigator: { hardwareConcurrency?: number }

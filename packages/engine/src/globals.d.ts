/** Globals of both Node and browsers that are missing in `lib.es2023` and `@types/node`. Browser types cannot be loaded together with Node's. */
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

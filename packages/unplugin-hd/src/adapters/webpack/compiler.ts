/** The parts of webpack's and Rspack's API that this adapter uses. Neither bundler's types are assignable to the other's. */
export interface Compiler {
  readonly context: string
  readonly watchMode: boolean
  /** The compiler that started this one. */
  readonly root?: object
  readonly options: CompilerOptions
  readonly webpack: { readonly WebpackError: new (message?: string) => Error }
  readonly hooks: {
    readonly compilation: {
      tap(name: string, tap: (compilation: unknown, parameters: { normalModuleFactory: ModuleFactory }) => void): void
    }
    readonly afterCompile: { tapPromise(name: string, tap: (compilation: Compilation) => Promise<void>): void }
    readonly failed: { tap(name: string, tap: (error: Error) => void): void }
  }
}

/** A template of file names, or a function that returns one. */
export type AssetModuleFilename = string | ((...parameters: any[]) => string)

export interface CompilerOptions {
  readonly mode?: string | undefined
  readonly bail?: boolean | undefined
  readonly cache?: unknown
  readonly devtool?: unknown
  readonly infrastructureLogging: { readonly level?: string | undefined }
  readonly module: {
    readonly rules: unknown[]
    readonly parser: { readonly asset?: { readonly dataUrlCondition?: unknown } }
    readonly generator: { readonly asset?: { readonly filename?: AssetModuleFilename }; readonly 'asset/resource'?: object }
  }
  readonly output: { readonly assetModuleFilename?: AssetModuleFilename | undefined }
}

export interface ModuleFactory {
  readonly hooks: {
    readonly beforeResolve: { tapPromise(name: string, tap: (data: ResolveData) => Promise<false | void>): void }
  }
  getResolver(type: string, options: object): Resolver
}

export interface Resolver {
  resolve(
    context: object,
    folder: string,
    specifier: string,
    resolveContext: object,
    callback: (error: Error | null, found?: string | false) => void,
  ): void
}

export interface ResolveData {
  request: string
  readonly context: string
  /** Only in webpack. */
  readonly dependencyType?: string
  readonly contextInfo?: { readonly issuer?: string }
  /** Only in Rspack. */
  readonly issuer?: string
}

export interface Compilation {
  readonly compiler: unknown
  readonly options: { readonly devtool?: unknown }
  readonly errors: { readonly length: number; push(error: Error): unknown }
  readonly warnings: { push(warning: Error): unknown }
  readonly modules: Iterable<Module>
  readonly moduleGraph: { getIncomingConnections(module: Module): Iterable<Connection> }
  readonly fileDependencies: Iterable<string>
  getAssets(): readonly { readonly name: string; readonly source: { source(): string | Uint8Array } }[]
}

export interface Module {
  readonly type: string
  /** Of modules that are files. */
  readonly resource?: string
  readonly matchResource?: string
  /** Of modules that have become one. */
  readonly modules?: Iterable<Module>
}

export interface Connection {
  readonly dependency?: { readonly category?: string } | null
  readonly originModule?: Module | null
}

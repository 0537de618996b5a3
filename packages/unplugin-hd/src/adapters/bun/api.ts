/** The part of Bun's plugin interface that is used here; its own types declare globals for a whole project. */
export interface BunBuild {
  config: {
    root?: string
    loader?: Readonly<Record<string, string>>
    /** With `false` a failed build is a result and not an error. */
    throw?: boolean
    /** Asks for the list of modules in the result. */
    metafile?: boolean
  }
  onResolve(constraints: Constraints, callback: (args: OnResolveArgs) => Promise<Resolved | undefined> | Resolved): void
  onLoad(constraints: Constraints, callback: (args: { path: string }) => Promise<Loaded> | Loaded | undefined): void
  onEnd(callback: (result: BunResult) => Promise<void>): void
}

interface Constraints {
  filter: RegExp
  namespace?: string
}

export interface OnResolveArgs {
  /** The specifier. */
  path: string
  /** Absolute path; empty for an entry point. */
  importer: string
  resolveDir: string
  /** `internal` for `url()` in CSS and for attributes in HTML. */
  kind: string
}

interface Resolved {
  path: string
  namespace?: string
}

interface Loaded {
  contents: string | Uint8Array
  loader: 'js' | 'file'
}

export interface BunResult {
  success: boolean
  logs: unknown[]
  outputs: readonly { path: string; text(): Promise<string> }[]
  metafile?: { inputs: Readonly<Record<string, object>> }
}

/** The part of Bun's global that is used here. */
declare const Bun: { resolveSync(specifier: string, folder: string): string }

/** Absolute path of what an import leads to, with packages and the `paths` of `tsconfig.json`; `undefined` when there is nothing. */
export function resolveFile(specifier: string, folder: string): string | undefined {
  try {
    return Bun.resolveSync(specifier, folder)
  } catch {
    return undefined
  }
}

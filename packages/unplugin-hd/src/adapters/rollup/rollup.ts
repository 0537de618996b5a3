import { HD_QUERY_RE } from '@unplugin-hd/core'
import type { HdOptions } from '../../options.ts'
import { createSession, type Session, type SessionContext } from '../../session/session.ts'
import type { Part } from '../../shape/part.ts'
import { requireBundler } from '../bundler-version.ts'
import { dataUrl } from '../data-url.ts'
import { askedBy, loadThrough } from '../load.ts'
import type { BundlerPort } from '../port.ts'
import { RESOLVE_FILTER, resolveImport, toModuleId, type ResolveContext } from '../resolve.ts'
import { warnUnprocessed } from '../unprocessed.ts'
import { outputOfBundle, type Bundle } from './unprocessed.ts'

/** The part of a plugin context that Rollup and bundlers with its plugin interface have in common. */
interface HookContext extends BuildContext, ResolveContext {
  addWatchFile(file: string): void
  emitFile(file: { type: 'asset'; name: string; source: Uint8Array }): string
  getModuleIds(): Iterable<string>
}

/** The part of it that hooks for a whole build have. */
interface BuildContext {
  /** Rolldown has both versions. */
  meta: { rollupVersion?: string; rolldownVersion?: string }
  warn(message: string): void
}

interface InputOptions {
  logLevel?: string
  /** Rolldown's only: Rollup has no notion of a project's folder. */
  cwd?: string
}

/** The hooks, in the types that Rollup and Rolldown share. */
export interface RollupHooks {
  buildStart(this: BuildContext, input: InputOptions): void
  resolveId: {
    filter: { id: RegExp[] }
    handler(this: HookContext, id: string, importer: string | undefined): Promise<string | null>
  }
  load: {
    filter: { id: RegExp }
    handler(this: HookContext, id: string): Promise<{ code: string; map: null; moduleSideEffects: false } | null>
  }
  buildEnd(error?: Error): Promise<void>
  resolveFileUrl(this: BuildContext, url: { relativePath: string; format: string }): string | null
  generateBundle: { order: 'post'; handler(this: HookContext, output: unknown, bundle: Bundle): Promise<void> }
}

/** The hooks for Rollup and for bundlers with its plugin interface: Rolldown. */
export function rollupHooks(options: HdOptions): RollupHooks {
  let session: Session | undefined
  const begin = (context: BuildContext, input: InputOptions = {}): Session => createSession(options, contextOf(context, input))
  return {
    buildStart(input) {
      session = begin(this, input)
    },
    resolveId: {
      filter: { id: RESOLVE_FILTER },
      async handler(id, importer) {
        // A tool that copies plugins may leave out the first hook.
        session ??= begin(this)
        const resolved = await resolveImport(this, session, id, importer)
        return resolved && toModuleId(resolved)
      },
    },
    load: {
      filter: { id: HD_QUERY_RE },
      async handler(id) {
        session ??= begin(this)
        if (!session.shouldTransform(id)) return null
        const { code } = await loadThrough(portOf(this), session, await askedBy(session, id))
        return { code, map: null, moduleSideEffects: false }
      },
    },
    async buildEnd(error) {
      // There is no session if an option is wrong.
      await session?.end(error !== undefined)
    },
    resolveFileUrl({ relativePath, format }) {
      // In formats without `import.meta` Rolldown writes `{}.url`, where Rollup reads the script's URL from the document.
      if (!isRolldown(this) || (format !== 'iife' && format !== 'umd')) return null
      return `new URL(${JSON.stringify(relativePath)}, document.currentScript && document.currentScript.src || document.baseURI).href`
    },
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        await warnUnprocessed((session ??= begin(this)), outputOfBundle(bundle, this.getModuleIds()))
      },
    },
  }
}

function isRolldown({ meta }: BuildContext): boolean {
  return meta.rolldownVersion !== undefined
}

/** @throws Error with `HD_BUNDLER` for a version that is not supported */
function contextOf(context: BuildContext, { cwd, logLevel }: InputOptions): SessionContext {
  const { rollupVersion, rolldownVersion } = context.meta
  if (rolldownVersion === undefined) requireBundler('rollup', rollupVersion)
  else requireBundler('rolldown', rolldownVersion)
  return {
    root: cwd ?? process.cwd(),
    quiet: logLevel === 'silent' || logLevel === 'warn',
    warn: (message) => context.warn(message),
  }
}

function portOf(context: HookContext): Pick<BundlerPort, 'emit' | 'watch'> {
  return {
    emit: ({ part, delivery }) => ({
      expression: delivery === 'inline' ? dataUrl(part) : `import.meta.ROLLUP_FILE_URL_${emitAsset(context, part)}`,
    }),
    watch: (file) => context.addWatchFile(file),
  }
}

function emitAsset(context: HookContext, { asset, name }: Part): string {
  return context.emitFile({ type: 'asset', name, source: asset.bytes })
}

import type { MinimalPluginContext, NormalizedInputOptions, Plugin } from 'rollup'
import type { HdOptions } from '../../options.ts'
import { createSession, type Session } from '../../session/session.ts'
import type { Part } from '../../shape/shape.ts'
import { HD_QUERY_RE, visible } from '@unplugin-hd/core'
import { requireBundler } from '../bundler-version.ts'
import { RESOLVE_FILTER, resolveImport, toModuleId } from '../resolve.ts'
import { unprocessedInBundle } from './unprocessed.ts'

/** The hooks for Rollup; Rolldown takes them too. */
export function rollupHooks(options: HdOptions): Partial<Plugin> {
  let session: Session | undefined
  const begin = (context: MinimalPluginContext, { logLevel, ...rest }: Partial<NormalizedInputOptions> = {}): Session => {
    const { rollupVersion, rolldownVersion } = context.meta as { rollupVersion?: string; rolldownVersion?: string }
    if (rolldownVersion === undefined) requireBundler('rollup', rollupVersion)
    else requireBundler('rolldown', rolldownVersion)
    return createSession(options, {
      // Rollup has no notion of a project's folder; Rolldown has.
      root: (rest as { cwd?: string }).cwd ?? process.cwd(),
      quiet: (logLevel as string) === 'silent' || logLevel === 'warn',
      warn: (message) => context.warn(message),
    })
  }
  return {
    buildStart(input) {
      session = begin(this, input)
    },
    resolveId: {
      filter: { id: RESOLVE_FILTER },
      async handler(id, importer) {
        // Whoever leaves out the first hook has this one.
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
        const origin = session.origins.of(id)
        const { file, request } = await session.parse(id, origin)
        this.addWatchFile(file)
        const { shape } = await session.load(file, request, origin)
        const emit = ({ asset, name }: Part): string =>
          `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', name, source: asset.bytes })}`
        const urls = shape.parts.map(request.delivery === 'inline' ? inlineUrl : emit)
        return { code: `export default ${shape.expression(urls)}`, map: null, moduleSideEffects: false }
      },
    },
    async buildEnd(error) {
      // A wrong option leaves none.
      await session?.end(error !== undefined)
    },
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const { hd, leftOut } = (session ??= begin(this))
        const messages = await unprocessedInBundle(bundle, this.getModuleIds(), hd.options.root, leftOut)
        for (const message of messages) this.warn(visible(message))
      },
    },
  }
}

/** A `data:` URL as a JavaScript expression. */
function inlineUrl({ asset }: Part): string {
  return JSON.stringify(`data:${asset.mime};base64,${Buffer.from(asset.bytes).toString('base64')}`)
}

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { errorMessage, toQuery } from '@unplugin-hd/core'
import type { ImportKind, Loader, OnLoadResult, OnResolveArgs, OnResolveResult, PartialMessage, PluginBuild } from 'esbuild'
import type { HdOptions } from '../../options.ts'
import { displayPath } from '../../session/origin.ts'
import { createSession, type Session } from '../../session/session.ts'
import type { OutputFile } from '../../unprocessed/warnings.ts'
import { requireToldBundler } from '../bundler-version.ts'
import { loadThrough, makeThrough, type Asked, type LoadPort } from '../load.ts'
import {
  createKeptFiles,
  FILE_NAMESPACE,
  HD_FILTER,
  isOwnId,
  PART_RE,
  pathOfPart,
  VALUE_NAMESPACE,
  type KeptFile,
} from '../namespaces.ts'
import type { BundlerPort } from '../port.ts'
import { resolveThrough } from '../resolve.ts'
import { warnUnprocessed } from '../unprocessed.ts'

/** Imports that become a module of the plugin. Everything else (`url()`, `require`) needs the file itself. */
const MODULE_KINDS: ReadonlySet<ImportKind> = new Set<ImportKind>(['import-statement', 'dynamic-import', 'entry-point'])

/** Sets up esbuild: `?hd` imports resolve into separate namespaces, so that the user's loaders do not apply. */
export function setupEsbuild(build: PluginBuild, options: HdOptions): void {
  requireToldBundler('esbuild', build.esbuild?.version)
  const { initialOptions } = build
  const files = createKeptFiles()
  const root = initialOptions.absWorkingDir ?? process.cwd()
  let warnings: string[] = []
  const session: Session = createSession(options, {
    root,
    quiet: ['silent', 'error', 'warning'].includes(initialOptions.logLevel ?? 'info'),
    warn: (message) => void warnings.push(message),
  })
  // Needed for the list of outputs; removed again unless the user requested it.
  initialOptions.metafile = true

  // First, because the ids in them match the next one's filter too.
  build.onResolve({ filter: PART_RE }, ({ path: specifier }) => ({ path: pathOfPart(specifier), namespace: FILE_NAMESPACE }))
  build.onResolve({ filter: HD_FILTER }, async (args): Promise<OnResolveResult | undefined> => {
    if (args.pluginData === SKIP) return undefined
    try {
      const { kind, importer } = args
      const { resolve, failure } = resolverOf(build, args)
      const asked = await resolveThrough({ resolve }, session, args.path, {
        importer: importer || undefined,
        isUrl: kind === 'url-token',
      })
      if (!asked) return failure()
      const { file, request } = asked
      const id = displayPath(root, file) + toQuery(request)
      // Imports of one module are resolved one after the other, but loaded side by side: so the work belongs there.
      if (request.as !== 'url' || MODULE_KINDS.has(kind)) {
        return { path: id, namespace: VALUE_NAMESPACE, pluginData: asked, sideEffects: false }
      }
      const watchFiles: string[] = []
      const shape = await makeThrough(portOf(watchFiles), session, asked)
      const where = files.keep(id, file, { part: shape.parts[0]!, index: 0, delivery: request.delivery })
      return { path: where, namespace: FILE_NAMESPACE, watchFiles }
    } catch (error) {
      return { errors: [toMessage(error)] }
    }
  })

  build.onLoad({ filter: /.*/, namespace: VALUE_NAMESPACE }, async ({ path: id, pluginData }): Promise<OnLoadResult> => {
    const asked = pluginData as Asked
    const watchFiles: string[] = []
    const emit: BundlerPort['emit'] = (part) => files.emit(id, asked.file, part)
    try {
      const { code } = await loadThrough({ emit, ...portOf(watchFiles) }, session, asked)
      return { contents: code, loader: 'js', watchFiles }
    } catch (error) {
      return { errors: [toMessage(error)], watchFiles }
    }
  })
  build.onLoad({ filter: /.*/, namespace: FILE_NAMESPACE }, ({ path: where }): OnLoadResult | undefined => {
    const file = files.at(where)
    return file && { contents: file.part.asset.bytes, loader: loaderOf(build, file), watchFiles: [file.source] }
  })

  build.onEnd(async ({ metafile, outputFiles }) => {
    const errors: PartialMessage[] = []
    await session.end(false).catch((error: unknown) => void errors.push(toMessage(error)))
    await warnUnprocessed(session, {
      outputs: Object.keys(metafile?.outputs ?? {}).map((name) => toOutput(root, name, outputFiles)),
      sources: Object.keys(metafile?.inputs ?? {}).map((name) => path.resolve(root, name)),
      isKnown: isOwnId,
    })
    const texts = warnings
    warnings = []
    return { errors, warnings: texts.map((text) => ({ text })) }
  })
}

/** Marks our own `resolve()` calls, so that our hook ignores them. */
const SKIP: unique symbol = Symbol('skip')

interface Resolver {
  resolve(specifier: string): Promise<string | undefined>
  /** What esbuild answered where nothing was found; its errors know more than those of another attempt. */
  failure(): OnResolveResult | undefined
}

function resolverOf(build: PluginBuild, { importer, namespace, resolveDir, kind }: OnResolveArgs): Resolver {
  let failed: OnResolveResult | undefined
  return {
    async resolve(specifier) {
      const resolved = await build.resolve(specifier, { importer, namespace, resolveDir, kind, pluginData: SKIP })
      if (resolved.errors.length > 0) failed = resolved
      return failed || resolved.external ? undefined : resolved.path
    },
    failure: () => failed,
  }
}

/** @param watchFiles gets the files to watch */
function portOf(watchFiles: string[]): LoadPort {
  return { watch: (file) => void watchFiles.push(file), writesEarly: true }
}

function toMessage(error: unknown): PartialMessage {
  return { text: error instanceof Error ? error.message : errorMessage(error), detail: error }
}

/** If the user's loader inlines images, 2x images are inlined too; with every other loader they are files. */
function loaderOf({ initialOptions }: PluginBuild, { part, delivery }: KeptFile): Loader {
  if (delivery !== 'auto') return delivery === 'inline' ? 'dataurl' : 'file'
  return initialOptions.loader?.[`.${part.asset.extension}`] === 'dataurl' ? 'dataurl' : 'file'
}

/** With `write: false` the files are in memory only. */
function toOutput(root: string, name: string, inMemory: readonly { path: string; text: string }[] | undefined): OutputFile {
  const file = path.resolve(root, name)
  const kept = inMemory?.find((output) => output.path === file)
  return { name, text: () => kept?.text ?? readFile(file, 'utf8').catch(() => '') }
}

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { errorMessage, isHdId, toQuery, visible, type HdRequest } from '@unplugin-hd/core'
import type { ImportKind, Loader, OnLoadResult, OnResolveResult, PartialMessage, PluginBuild } from 'esbuild'
import type { HdOptions } from '../../options.ts'
import { displayPath, originOf, type Origin } from '../../session/origin.ts'
import { createSession, type Session } from '../../session/session.ts'
import type { Part } from '../../shape/shape.ts'
import { unprocessedWarnings, type OutputFile } from '../../unprocessed/warnings.ts'
import { requireToldBundler } from '../bundler-version.ts'
import { asUrl, valueMessage } from '../url-place.ts'

/** Modules whose default export is made of the URLs of parts; keyed by the canonical id, relative to the root. */
const VALUE_NAMESPACE = 'hd'

/** The parts themselves; keyed by a path that ends in the file's name, because esbuild takes `[name]` from it. */
const FILE_NAMESPACE = 'hd-file'

/** esbuild's expressions are Go's, which cannot look ahead: the session looks closer. */
const FILTER = /[?&](?:[hH][dD]|@?[2-9]x)/

/** Specifiers of parts, known only to the modules that we write. */
const PART_RE = /^hd-part:/

/** A module of ours in the output. */
const OWN_ID_RE: RegExp = new RegExp(`^(?:${VALUE_NAMESPACE}|${FILE_NAMESPACE}):`)

/** Imports that become a module of ours. Whatever else asks for an image (`url()`, `require`) wants the file itself. */
const MODULE_KINDS: ReadonlySet<ImportKind> = new Set<ImportKind>(['import-statement', 'dynamic-import', 'entry-point'])

/** Handed from the resolver of an import to its loader. */
interface ValueData {
  file: string
  request: HdRequest
  origin: Origin
}

/** Handed from the resolver of a part to its loader. */
interface PartData {
  part: Part
  file: string
  delivery: HdRequest['delivery']
}

/** Sets esbuild up: `?hd` imports resolve into namespaces of our own, so that no loader of the user's is involved. */
export function setupEsbuild(build: PluginBuild, options: HdOptions): void {
  requireToldBundler('esbuild', build.esbuild?.version)
  const { initialOptions } = build
  const parts = new Map<string, PartData>()
  const root = initialOptions.absWorkingDir ?? process.cwd()
  let warnings: string[] = []
  const session: Session = createSession(options, {
    root,
    quiet: ['silent', 'error', 'warning'].includes(initialOptions.logLevel ?? 'info'),
    warn: (message) => void warnings.push(message),
  })
  // Needed to know what was written; the caller reads it only if it asked for it.
  initialOptions.metafile = true

  const keep = (id: string, part: Part, index: number, { file, request }: ValueData): string => {
    const where = `${id}/${index}/${part.name.replace(/[?#]/g, '_')}`
    parts.set(where, { part, file, delivery: request.delivery })
    return where
  }
  const inRoot = (file: string): string => displayPath(root, file)

  // First, because the ids in them match the next one's filter too.
  build.onResolve({ filter: PART_RE }, ({ path: specifier }) => ({
    path: specifier.slice('hd-part:'.length),
    namespace: FILE_NAMESPACE,
  }))
  build.onResolve({ filter: FILTER }, async (args): Promise<OnResolveResult | undefined> => {
    if (args.pluginData === SKIP) return undefined
    try {
      if (!isHdId(args.path)) {
        await session.checkMistaken(args.path, originOf(root, args.importer || undefined, args.path))
        return undefined
      }
      const specifier = args.path.split(/[?#]/, 1)[0]!
      const { importer, namespace, resolveDir, kind } = args
      const resolved = await build.resolve(specifier, { importer, namespace, resolveDir, kind, pluginData: SKIP })
      if (resolved.errors.length > 0) return resolved
      // `include` and `exclude` are about files, not about what they are called in an import.
      if (resolved.external || !session.shouldTransform(resolved.path + args.path.slice(specifier.length))) return undefined
      const origin = originOf(root, importer || undefined, args.path)
      const { request: asked } = await session.parse(args.path, origin)
      const request = kind === 'url-token' ? asUrl(asked) : asked
      if (request !== asked) warnings.push(valueMessage(args.path, asked.as, inRoot(importer)))
      const id = inRoot(resolved.path) + toQuery(request)
      const data: ValueData = { file: resolved.path, request, origin }
      // Imports of one module are resolved one after the other, but loaded side by side: so the work belongs there.
      if (request.as !== 'url' || MODULE_KINDS.has(kind)) {
        return { path: id, namespace: VALUE_NAMESPACE, pluginData: data, sideEffects: false }
      }
      const { shape } = await session.load(resolved.path, request, origin)
      return { path: keep(id, shape.parts[0]!, 0, data), namespace: FILE_NAMESPACE, watchFiles: [resolved.path] }
    } catch (error) {
      return { errors: [toMessage(error)] }
    }
  })

  build.onLoad({ filter: /.*/, namespace: VALUE_NAMESPACE }, async ({ path: id, pluginData }): Promise<OnLoadResult> => {
    const data = pluginData as ValueData
    const watchFiles = [data.file]
    try {
      const { shape } = await session.load(data.file, data.request, data.origin)
      const specifiers = shape.parts.map((part, index) => JSON.stringify(`hd-part:${keep(id, part, index, data)}`))
      const imports = specifiers.map((specifier, index) => `import url${index} from ${specifier}`)
      const value = shape.expression(specifiers.map((_, index) => `url${index}`))
      return { contents: `${imports.join('\n')}\nexport default ${value}\n`, loader: 'js', watchFiles }
    } catch (error) {
      return { errors: [toMessage(error)], watchFiles }
    }
  })
  build.onLoad({ filter: /.*/, namespace: FILE_NAMESPACE }, ({ path: where }): OnLoadResult | undefined => {
    const data = parts.get(where)
    return data && { contents: data.part.asset.bytes, loader: loaderOf(build, data), watchFiles: [data.file] }
  })

  build.onEnd(async ({ metafile, outputFiles }) => {
    const errors: PartialMessage[] = []
    await session.end(false).catch((error: unknown) => void errors.push(toMessage(error)))
    const outputs = Object.keys(metafile?.outputs ?? {}).map((name) => toOutput(root, name, outputFiles))
    const inputs = Object.keys(metafile?.inputs ?? {}).map((name) => path.resolve(root, name))
    // In lazily run modules esbuild writes their ids into the code.
    const unprocessed = await unprocessedWarnings(
      outputs,
      inputs,
      root,
      (reference) => OWN_ID_RE.test(reference),
      undefined,
      session.leftOut,
    )
    const texts = [...warnings, ...unprocessed]
    warnings = []
    return { errors, warnings: texts.map((text) => ({ text: visible(text) })) }
  })
}

/** Marks our own question to esbuild, so that it is not asked back. */
const SKIP: unique symbol = Symbol('skip')

function toMessage(error: unknown): PartialMessage {
  return { text: error instanceof Error ? error.message : errorMessage(error), detail: error }
}

/** Who loads images as data URLs wants that for these too; every other setting means a file. */
function loaderOf({ initialOptions }: PluginBuild, { part, delivery }: PartData): Loader {
  if (delivery !== 'auto') return delivery === 'inline' ? 'dataurl' : 'file'
  return initialOptions.loader?.[`.${part.asset.extension}`] === 'dataurl' ? 'dataurl' : 'file'
}

/** With `write: false` the files are in memory only. */
function toOutput(root: string, name: string, inMemory: readonly { path: string; text: string }[] | undefined): OutputFile {
  const file = path.resolve(root, name)
  const kept = inMemory?.find((output) => output.path === file)
  return { name, text: () => kept?.text ?? readFile(file, 'utf8').catch(() => '') }
}

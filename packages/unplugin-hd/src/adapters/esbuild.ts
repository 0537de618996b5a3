import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { toQuery } from '@unplugin-hd/core'
import type { Loader, OnLoadResult, OnResolveArgs, OnResolveResult, PluginBuild } from 'esbuild'
import type { HdOptions } from '../options.ts'
import { createSession, requestOf, type Session } from '../session.ts'
import type { Part } from '../shape.ts'
import { findSlipped, slippedMessage, TEXT_OUTPUT_RE } from '../slipped.ts'

/** Modules whose default export is made of the URLs of parts; keyed by the canonical id. */
const VALUE_NAMESPACE = 'hd'

/** The parts themselves; keyed by a path that ends in the file's name, because esbuild takes `[name]` from it. */
const FILE_NAMESPACE = 'hd-file'

/** esbuild's expressions are Go's, which cannot look ahead: the session looks closer. */
const FILTER = /[?&]hd/

/** Specifiers of parts, known only to the modules that we write. */
const PART_RE = /^hd-part:/

/** Handed from the resolver of a part to its loader. */
interface PartData {
  part: Part
  source: string
  inline: boolean
}

/** Sets esbuild up: `?hd` imports resolve into namespaces of our own, so that no loader of the user's is involved. */
export function setupEsbuild(build: PluginBuild, options: HdOptions): void {
  const { initialOptions } = build
  const parts = new Map<string, PartData>()
  const root = initialOptions.absWorkingDir ?? process.cwd()
  let warnings: string[] = []
  const session: Session = createSession(options, {
    root,
    quiet:
      initialOptions.logLevel === undefined
        ? false
        : initialOptions.logLevel !== 'info' && initialOptions.logLevel !== 'debug' && initialOptions.logLevel !== 'verbose',
    warn: (message) => void warnings.push(message),
  })
  // Needed to know what was written; the caller reads it only if it asked for it.
  initialOptions.metafile ??= true

  build.onResolve({ filter: FILTER }, async (args) => {
    if (!session.wants(args.path) || args.pluginData === SKIP) return undefined
    return resolve(build, session, parts, args)
  })
  build.onResolve({ filter: PART_RE }, ({ path: specifier }) => ({
    path: specifier.slice('hd-part:'.length),
    namespace: FILE_NAMESPACE,
  }))

  build.onLoad({ filter: /.*/, namespace: VALUE_NAMESPACE }, async ({ path: id }) => {
    const { file, request } = requestOf(id)
    const { shape } = await session.load(file, request)
    const specifiers = shape.parts.map((part, index) =>
      keep(parts, { part, source: file, inline: request.delivery === 'inline' }, id, index),
    )
    const imports = specifiers.map((specifier, index) => `import url${index} from ${JSON.stringify(`hd-part:${specifier}`)}`)
    const urls = specifiers.map((_, index) => `url${index}`)
    return { contents: `${imports.join('\n')}\nexport default ${shape.expression(urls)}\n`, loader: 'js', watchFiles: [file] }
  })
  build.onLoad({ filter: /.*/, namespace: FILE_NAMESPACE }, ({ path: id }): OnLoadResult | undefined => {
    const data = parts.get(id)
    if (!data) return undefined
    const { part, source, inline } = data
    return { contents: part.asset.bytes, loader: inline ? 'dataurl' : userLoader(build, part), watchFiles: [source] }
  })

  build.onEnd(async ({ metafile, outputFiles }) => {
    await session.end()
    const slipped = await slippedWarnings(root, Object.keys(metafile?.outputs ?? {}), outputFiles)
    const texts = [...warnings, ...slipped]
    warnings = []
    return { warnings: texts.map((text) => ({ text })) }
  })
}

/** Marks our own question to esbuild, so that it is not asked back. */
const SKIP: unique symbol = Symbol('skip')

/**
 * A URL becomes the file itself, so that CSS can use it too; other shapes become a module. An error is reported at the
 * import that caused it.
 */
async function resolve(
  build: PluginBuild,
  session: Session,
  parts: Map<string, PartData>,
  args: OnResolveArgs,
): Promise<OnResolveResult> {
  try {
    const { file, request } = requestOf(args.path)
    const { importer, namespace, resolveDir, kind } = args
    const resolved = await build.resolve(file, { importer, namespace, resolveDir, kind, pluginData: SKIP })
    if (resolved.errors.length > 0 || resolved.external) return resolved
    const id = resolved.path + toQuery(request)
    const watchFiles = [resolved.path]
    if (request.as !== 'url') return { path: id, namespace: VALUE_NAMESPACE, watchFiles }
    const { shape } = await session.load(resolved.path, request)
    const data = { part: shape.parts[0]!, source: resolved.path, inline: request.delivery === 'inline' }
    return { path: keep(parts, data, id, 0), namespace: FILE_NAMESPACE, watchFiles }
  } catch (error) {
    return { errors: [{ text: error instanceof Error ? error.message : String(error), detail: error }] }
  }
}

/** Notes a part and returns the path of its module: unique for each request, and ending in the name of the file. */
function keep(parts: Map<string, PartData>, data: PartData, id: string, index: number): string {
  const { part } = data
  const where = path.posix.join('/', encodeURIComponent(`${id}#${index}`), part.name.replace(/[?#]/g, '_'))
  parts.set(where, data)
  return where
}

/** Who loads pictures as data URLs or base64 text wants that for these too; every other setting means a file. */
function userLoader({ initialOptions }: PluginBuild, part: Part): Loader {
  const loader = initialOptions.loader?.[`.${part.asset.extension}`]
  return loader === 'dataurl' || loader === 'copy' ? loader : 'file'
}

async function slippedWarnings(
  root: string,
  written: readonly string[],
  outputFiles: readonly { path: string; text: string }[] | undefined,
): Promise<string[]> {
  const found: string[] = []
  for (const file of written.filter((name) => TEXT_OUTPUT_RE.test(name))) {
    const absolute = path.resolve(root, file)
    // With `write: false` the files are in memory only.
    const code =
      outputFiles?.find((output) => output.path === absolute)?.text ?? (await readFile(absolute, 'utf8').catch(() => ''))
    for (const reference of findSlipped(code)) found.push(slippedMessage(reference, file))
  }
  return found
}

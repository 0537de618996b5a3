import path from 'node:path'
import { toQuery } from '@unplugin-hd/core'
import type { HdOptions } from '../../options.ts'
import { displayPath, originOf } from '../../session/origin.ts'
import { createSession } from '../../session/session.ts'
import { dataUrl } from '../data-url.ts'
import { loadThrough, makeThrough, type Asked, type LoadPort } from '../load.ts'
import { createKeptFiles, FILE_NAMESPACE, HD_FILTER, isOwnId, PART_RE, pathOfPart, VALUE_NAMESPACE } from '../namespaces.ts'
import type { BundlerPort, EmittedFile } from '../port.ts'
import { resolveThrough } from '../resolve.ts'
import { createStagedFiles } from '../staged-files.ts'
import { warnUnprocessed, type BuildOutput } from '../unprocessed.ts'
import { resolveFile, type BunBuild, type BunResult } from './api.ts'

/** Imports that become a module of the plugin; `require` needs the file itself. */
const MODULE_KINDS: ReadonlySet<string> = new Set(['import-statement', 'dynamic-import', 'entry-point-build'])

/** What `url()` in CSS and attributes in HTML are resolved as: Bun takes no module of a namespace there, but a file. */
const URL_KINDS: ReadonlySet<string> = new Set(['internal', 'url-token'])

/** Bun watches by starting a build script anew, and knows no files of plugins. */
const PORT: LoadPort = { watch: () => undefined, writesEarly: true }

/** Sets Bun's bundler up: imports resolve into namespaces of our own, `url()` and HTML into files in the cache folder. */
export function setupBun(build: BunBuild, options: HdOptions): void {
  const { config } = build
  const root = path.resolve(config.root ?? '.')
  const session = createSession(options, {
    root,
    quiet: false,
    // Bun prints no warnings of plugins, and has no place for them in a result.
    warn: (message) => void process.stderr.write(`unplugin-hd: ${message}\n`),
  })
  const staged = createStagedFiles(path.join(session.hd.options.cache.dir, 'bun'), "the option 'cache.dir'")
  const files = createKeptFiles()
  /** By module id. */
  const imports = new Map<string, Asked>()
  // Needed to know which files were built.
  config.metafile = true

  build.onResolve({ filter: PART_RE }, ({ path: specifier }) => ({ path: pathOfPart(specifier), namespace: FILE_NAMESPACE }))
  build.onResolve({ filter: HD_FILTER }, async ({ path: specifier, importer, resolveDir, kind }) => {
    const resolve: BundlerPort['resolve'] = async (bare) => resolveFile(bare, resolveDir)
    const isUrl = URL_KINDS.has(kind)
    if (isUrl && /\s/.test(specifier)) {
      session.warn(await srcsetMessage(root, importer, specifier))
      return undefined
    }
    const asked = await resolveThrough({ resolve }, session, specifier, { importer: importer || undefined, isUrl })
    if (!asked) return undefined
    const { file, request } = asked
    const id = displayPath(root, file) + toQuery(request)
    if (!isUrl && (request.as !== 'url' || MODULE_KINDS.has(kind))) {
      imports.set(id, asked)
      return { path: id, namespace: VALUE_NAMESPACE }
    }
    const [part] = (await makeThrough(PORT, session, asked)).parts
    if (isUrl) return { path: await staged.file(part!.asset, part!.name) }
    return { path: files.keep(id, file, { part: part!, index: 0, delivery: request.delivery }), namespace: FILE_NAMESPACE }
  })

  build.onLoad({ filter: /.*/, namespace: VALUE_NAMESPACE }, async ({ path: id }) => {
    const asked = imports.get(id)!
    const emit: BundlerPort['emit'] = (file) =>
      isInline(build, file) ? { expression: dataUrl(file.part) } : files.emit(id, asked.file, file)
    const { code } = await loadThrough({ emit, ...PORT }, session, asked)
    return { contents: code, loader: 'js' }
  })
  build.onLoad({ filter: /.*/, namespace: FILE_NAMESPACE }, ({ path: where }) => {
    const file = files.at(where)
    if (!file) return undefined
    // Bun's loader for data URLs returns an empty string for modules of plugins.
    return isInline(build, file)
      ? { contents: `module.exports = ${dataUrl(file.part)}`, loader: 'js' }
      : { contents: file.part.asset.bytes, loader: 'file' }
  })

  build.onEnd(async (result) => {
    try {
      await session.end(false)
    } catch (error) {
      if (config.throw !== false) throw error
      result.success = false
      result.logs.push(error)
    }
    await staged.sweep()
    if (result.success) await warnUnprocessed(session, outputOf(root, result))
  })
}

/** Bun resolves the whole of a `srcset` as one path, drops what follows the first `?`, and emits that file. */
async function srcsetMessage(root: string, importer: string, srcset: string): Promise<string> {
  const where = await originOf(root, importer, srcset).where()
  return (
    `'${srcset}' in ${where?.text ?? displayPath(root, importer)} was not processed by unplugin-hd, because Bun reads a 'srcset' as ` +
    `the path of one image, so the image is shipped at 1x. Write '?hd' in 'src', or set the attribute in JavaScript (\`&as=srcset\`)`
  )
}

/** If the user's loader inlines images, 2x images are inlined too; with every other loader they are files. */
function isInline({ config }: BunBuild, { part, delivery }: Pick<EmittedFile, 'part' | 'delivery'>): boolean {
  return delivery === 'auto' ? config.loader?.[`.${part.asset.extension}`] === 'dataurl' : delivery === 'inline'
}

function outputOf(root: string, { outputs, metafile }: BunResult): BuildOutput {
  const names = new Set(outputs.map((output) => path.basename(output.path)))
  return {
    outputs: outputs.map((output) => ({ name: displayPath(root, output.path), text: () => output.text() })),
    sources: Object.keys(metafile?.inputs ?? {}).map((name) => path.resolve(root, name)),
    // Bun writes the query of `url()` behind the name of the file that it emitted.
    isKnown: (reference) => isOwnId(reference) || names.has(path.posix.basename(reference.split('?', 1)[0]!)),
  }
}

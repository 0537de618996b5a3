import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isHdId } from '@unplugin-hd/core'
import type { Compilation, Compiler, NormalModule } from 'webpack'
import { optionsKey } from '../options-key.ts'
import type { HdOptions } from '../options.ts'
import { createSession, requestOf, type Session } from '../session.ts'
import { slippedMessage } from '../slipped.ts'
import { findSources } from '../slipped-sources.ts'
import { slippedWarnings } from '../slipped-warnings.ts'
import { hdModuleRequest, OWN_RE, type LoaderReference } from './webpack-request.ts'
import { assetRules } from './webpack-rules.ts'
import { registerSession } from './webpack-sessions.ts'

const NAME = 'unplugin-hd'

/** Built as a file of its own beside the entries, whichever of them this code is bundled into. */
const LOADER = new URL('./webpack-loader.mjs', import.meta.url)

/**
 * Sets webpack, or Rspack, up. Every request for `file?hd` is rewritten before it is resolved, wherever it comes from, to
 * one for a module of a private type with a loader of ours: the user's rules for pictures never see it.
 */
export function applyWebpack(compiler: Compiler, options: HdOptions): void {
  const { context: root, options: config } = compiler
  let warnings: string[] = []
  const session = createSession(options, {
    root,
    quiet: config.infrastructureLogging?.level === 'none' || config.infrastructureLogging?.level === 'error',
    warn: (message) => void warnings.push(message),
  })
  const key = optionsKey(session.hd.options)
  const reference: LoaderReference = { loader: fileURLToPath(LOADER), key }
  registerSession(compiler, session)
  extendCacheVersion(config, key)
  config.module.rules.push(...assetRules(compiler))

  compiler.hooks.compilation.tap(NAME, (_, { normalModuleFactory }) => {
    normalModuleFactory.hooks.beforeResolve.tapPromise(NAME, async (data) => {
      // An inline request says itself which loaders it wants; if it was not ours, the check at the end warns.
      if (isHdId(data.request) && !data.request.includes('!')) await rewrite(data, normalModuleFactory, session, reference)
    })
  })
  // With `bail` there is no end of the compilation.
  compiler.hooks.failed.tap(NAME, () => void session.end(true).catch(() => undefined))
  compiler.hooks.afterCompile.tapPromise(NAME, async (compilation) => {
    // Child compilers (HTML and CSS extraction) share the parent's build.
    if (compilation.compiler !== compiler) return
    await session.end(false)
    for (const text of [...warnings, ...(await slipped(compilation, root))])
      compilation.warnings.push(new compiler.webpack.WebpackError(`unplugin-hd: ${text}`))
    warnings = []
  })
}

type Factory = ReturnType<Compiler['createNormalModuleFactory']>

interface ResolveData {
  request: string
  context: string
  /** webpack's only. */
  dependencyType?: string
}

/** @throws Error for a query that is not allowed; the bundler reports it at the import */
async function rewrite(data: ResolveData, factory: Factory, session: Session, reference: LoaderReference): Promise<void> {
  const { request, context, dependencyType = 'esm' } = data
  const specifier = request.split(/[?#]/, 1)[0]!
  const query = request.slice(specifier.length)
  // What cannot be found goes on too: the bundler's own message is the best.
  const file = (await resolveFile(factory, dependencyType, context, specifier)) ?? path.resolve(context, specifier)
  if (!session.wants(file + query)) return
  const { request: parsed } = requestOf(request)
  data.request = hdModuleRequest(specifier, query, parsed, path.dirname(file), session.hd.options, reference)
}

/** Where the bundler finds a file, aliases and packages included. */
function resolveFile(factory: Factory, dependencyType: string, context: string, specifier: string): Promise<string | undefined> {
  const resolver = factory.getResolver('normal', { dependencyType })
  return new Promise((resolve) => {
    resolver.resolve({}, context, specifier, {}, (error, found) => {
      resolve(error || !found ? undefined : found.split('?', 1)[0]!)
    })
  })
}

/** Modules that still have a `hd` query and did not come through our loader, and references in pages and stylesheets. */
async function slipped(compilation: Compilation, root: string): Promise<string[]> {
  const found: string[] = []
  for (const module of compilation.modules) {
    const { resource, matchResource } = module as Partial<NormalModule>
    if (!resource || !isHdId(resource) || OWN_RE.test(matchResource ?? '')) continue
    const reference = path.relative(root, resource).replaceAll(path.sep, '/')
    const places = await findSources(path.posix.basename(reference.split('?', 1)[0]!), compilation.fileDependencies, root)
    found.push(slippedMessage(reference, places.join(' or ') || 'the module graph'))
  }
  // Scripts are not searched: in development they hold the text of every source.
  const outputs = compilation
    .getAssets()
    .filter(({ name }) => /\.(?:css|html?)$/.test(name))
    .map(({ name, source }) => ({ name, text: () => source.source().toString() }))
  return [...found, ...(await slippedWarnings(outputs, compilation.fileDependencies, root))]
}

/** Rspack's persistent cache restores resolved requests, and would not see that the loader's key has changed. */
function extendCacheVersion({ cache }: { cache?: unknown }, key: string): void {
  const persistent = cache as { type?: string; version?: string } | boolean | undefined
  if (typeof persistent === 'object' && persistent?.type === 'persistent')
    persistent.version = `${persistent.version ?? ''}|hd:${key}`
}

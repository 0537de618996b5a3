import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { optionsKey } from '../../session/options-key.ts'
import type { HdOptions } from '../../options.ts'
import { createSession, type Session } from '../../session/session.ts'
import { namesShape } from '../next/static-image.ts'
import type { BundlerPort } from '../port.ts'
import { resolveThrough } from '../resolve.ts'
import { hdModuleRequest, type LoaderReference } from './request.ts'
import type { Compiler, CompilerOptions, ModuleFactory, ResolveData } from './compiler.ts'
import { logRestored } from './restored.ts'
import { assetRules } from './rules.ts'
import { registerSession } from './sessions.ts'
import { warnUnprocessedModules } from './unprocessed.ts'

const NAME = 'unplugin-hd'

/** Built as a separate file next to the entries. */
const LOADER = new URL('./webpack-loader.mjs', import.meta.url)

/** What a framework that runs webpack needs otherwise. */
export interface WebpackHost {
  /** The value of an import without `as` is the framework's image object. */
  givesImages: boolean
  /** Where assets are written, relative to the compiler's folder. */
  outputPath: string
}

/**
 * Sets webpack, or Rspack, up. Every request for `file?hd` is rewritten before it is resolved, wherever it comes from, to
 * one for a module of a private type with a loader of ours: the user's rules for images never see it.
 */
export function applyWebpack(compiler: Compiler, options: HdOptions, host?: WebpackHost): void {
  const { context: root, options: config } = compiler
  let warnings = new Set<string>()
  let failures: Error[] = []
  const session = createSession(options, {
    root,
    // A framework has messages of its own instead of the bundler's.
    quiet: !host && (config.infrastructureLogging?.level === 'none' || config.infrastructureLogging?.level === 'error'),
    warn: (message) => void warnings.add(message),
    dev: () => compiler.watchMode && config.mode === 'development',
  })
  const fail = (error: unknown): void => {
    if (config.bail) throw error
    failures.push(error as Error)
  }
  const key = optionsKey({ ...session.hd.options, stub: session.stub !== undefined })
  const reference: LoaderReference = { loader: fileURLToPath(LOADER), key }
  registerSession(compiler, { ...session, fail })
  extendCacheVersion(config, key)
  config.module.rules.push(...assetRules(compiler, host?.outputPath))

  compiler.hooks.compilation.tap(NAME, (_, { normalModuleFactory }) => {
    normalModuleFactory.hooks.beforeResolve.tapPromise(NAME, async (data) => {
      // An inline request names its loaders; if it is not ours, the check at the end warns.
      if (data.request.includes('!')) return
      try {
        await rewrite(data, normalModuleFactory, session, { ...reference, isImage: host?.givesImages === true })
      } catch (error) {
        fail(error)
        // Thrown, it would be called a module that is not found.
        return false
      }
    })
  })
  // With `bail` the compilation does not finish.
  compiler.hooks.failed.tap(NAME, () => void session.end(true).catch(() => undefined))
  compiler.hooks.afterCompile.tapPromise(NAME, async (compilation) => {
    // Child compilers (HTML and CSS extraction) share the parent's build.
    if (compilation.compiler !== compiler) return
    logRestored(session, compilation)
    await session.end(false).catch((error: unknown) => void failures.push(error as Error))
    const toMessage = (text: string): Error => {
      const message = new compiler.webpack.WebpackError(text.startsWith(`${NAME}: `) ? text : `${NAME}: ${text}`)
      return Object.assign(message, { hideStack: true, stack: '' })
    }
    const texts = new Set(failures.map(({ message }) => message))
    for (const text of texts) compilation.errors.push(toMessage(text))
    // What failed is left in the output as well.
    if (compilation.errors.length === 0) await warnUnprocessedModules(session, compilation)
    for (const text of warnings) compilation.warnings.push(toMessage(text))
    warnings = new Set()
    failures = []
  })
}

/**
 * Replaces a request for `file?hd` by one for a module of ours. The specifier stays as it is written, so that the bundler
 * resolves it.
 * @throws Error with `HD_QUERY`
 */
async function rewrite(data: ResolveData, factory: ModuleFactory, session: Session, reference: LoaderReference): Promise<void> {
  const { request: specifier, context, dependencyType = 'esm' } = data
  const port: Pick<BundlerPort, 'resolve'> = {
    // Missing files continue too: the bundler's own message is the best.
    resolve: async (bare) => (await resolveFile(factory, dependencyType, context, bare)) ?? path.resolve(context, bare),
  }
  const importer = issuerOf(data) || undefined
  const isUrl = isUrlPlace(data)
  const asked = await resolveThrough(port, session, specifier, { importer, isUrl })
  if (!asked) return
  const bare = specifier.split(/[?#]/, 1)[0]!
  const isImage = reference.isImage === true && !isUrl && !namesShape(specifier)
  const isStub = session.stub !== undefined && !isUrl && dependencyType !== 'commonjs'
  const gives = isImage ? 'image' : isStub || asked.request.as !== 'url' ? 'value' : 'file'
  data.request = hdModuleRequest(bare, asked.request, path.dirname(asked.file), session.hd.options, reference, gives)
}

const STYLE_OR_PAGE_RE = /\.(?:css|s[ac]ss|less|styl|html?)$/

/** True where only the URL of a file fits: `url()`, attributes, `new URL()`. Rspack tells the last from no import. */
function isUrlPlace(data: ResolveData): boolean {
  return data.dependencyType === 'url' || STYLE_OR_PAGE_RE.test(issuerOf(data))
}

/** The module that holds the request: an absolute path, or nothing. */
function issuerOf({ contextInfo, issuer }: ResolveData): string {
  return (issuer ?? contextInfo?.issuer ?? '').split('?', 1)[0]!.split('!').at(-1)!
}

/** Where the bundler finds a file, aliases and packages included. */
function resolveFile(
  factory: ModuleFactory,
  dependencyType: string,
  context: string,
  specifier: string,
): Promise<string | undefined> {
  const resolver = factory.getResolver('normal', { dependencyType })
  return new Promise((resolve) => {
    resolver.resolve({}, context, specifier, {}, (error, found) => {
      resolve(error || !found ? undefined : found.split('?', 1)[0]!)
    })
  })
}

/** Rspack's persistent cache restores resolved requests, and would not see that the loader's key has changed. */
function extendCacheVersion({ cache }: CompilerOptions, key: string): void {
  const persistent = cache as { type?: string; version?: string } | boolean | undefined
  if (typeof persistent === 'object' && persistent?.type === 'persistent')
    persistent.version = `${persistent.version ?? ''}|hd:${key}`
}

import { fileURLToPath } from 'node:url'
import { isHdId } from '@unplugin-hd/core'
import type { Compilation, Compiler, NormalModule } from 'webpack'
import { optionsKey } from '../options-key.ts'
import type { HdOptions } from '../options.ts'
import { createSession, requestOf, type Session } from '../session.ts'
import { slippedMessage } from '../slipped.ts'
import { hdModuleRequest, type LoaderReference } from './webpack-request.ts'
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
  registerSession(root, key, session)
  extendCacheVersion(config, key)
  config.module.rules.push(...assetRules(compiler))

  compiler.hooks.compilation.tap(NAME, (compilation, { normalModuleFactory }) => {
    normalModuleFactory.hooks.beforeResolve.tap(NAME, (data) => {
      rewrite(data, session, reference, compilation)
    })
  })
  compiler.hooks.afterCompile.tapPromise(NAME, async (compilation) => {
    // Child compilers (HTML and CSS extraction) share the parent's build.
    if (compilation.compiler !== compiler) return
    await session.end()
    for (const text of [...warnings, ...slipped(compilation)])
      compilation.warnings.push(new compiler.webpack.WebpackError(`unplugin-hd: ${text}`))
    warnings = []
  })
}

function rewrite(
  data: { request: string; context: string },
  session: Session,
  reference: LoaderReference,
  compilation: Compilation,
): void {
  const { request, context } = data
  // An inline request says itself which loaders it wants; if it was not ours, the check at the end warns.
  if (request.includes('!') || !session.wants(request)) return
  try {
    const parsed = requestOf(request)
    data.request = hdModuleRequest(parsed.file, request.slice(parsed.file.length), parsed.request, context, session.hd.options, reference)
  } catch (error) {
    compilation.errors.push(error as Compilation['errors'][number])
  }
}

/** Modules that still have a `hd` query and did not come through our loader. */
function slipped({ modules }: Compilation): string[] {
  const found: string[] = []
  for (const module of modules) {
    const { resource, matchResource } = module as Partial<NormalModule>
    if (resource && isHdId(resource) && !matchResource?.includes('.hd')) found.push(slippedMessage(resource, 'the module graph'))
  }
  return found
}

/** Rspack's persistent cache restores resolved requests, and would not see that the loader's key has changed. */
function extendCacheVersion({ cache }: { cache?: unknown }, key: string): void {
  const persistent = cache as { type?: string; version?: string } | boolean | undefined
  if (typeof persistent === 'object' && persistent?.type === 'persistent')
    persistent.version = `${persistent.version ?? ''}|hd:${key}`
}

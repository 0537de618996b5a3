import path from 'node:path'
import { isHdId, relativePath } from '@unplugin-hd/core'
import { unprocessedMessage, TEXT_OUTPUT_RE } from '../../unprocessed/find.ts'
import { findSources } from '../../unprocessed/sources.ts'
import type { Session } from '../../session/session.ts'
import { warnUnprocessed, type BuildOutput } from '../unprocessed.ts'
import type { Compilation, Module } from './compiler.ts'
import { OWN_RE, VALUE_RE } from './request.ts'

/** Warns of every `?hd` that did not come through our loader, or came to a place where its value does not fit. */
export async function warnUnprocessedModules(session: Session, compilation: Compilation): Promise<void> {
  const { root } = session.hd.options
  /** Images of already reported modules, which are also in the output, under this or their emitted name. */
  const reported = new Set(compilation.getAssets().map(({ name }) => basename(name)))
  for (const module of compilation.modules) {
    for (const message of misplacedValues(compilation, module, root)) session.warn(message)
    const { resource, matchResource } = module
    if (!resource || !isHdId(resource)) continue
    if (OWN_RE.test(matchResource ?? '')) {
      for (const ending of endingsOf(basename(relativePath(root, resource)))) reported.add(ending)
      continue
    }
    const reference = relativePath(root, resource)
    reported.add(basename(reference))
    const { places } = await findSources(reference, '', basename(reference), compilation.fileDependencies, root)
    session.warn(unprocessedMessage(reference, places.join(' or ') || 'the module graph', session.leftOut(reference)))
  }
  await warnUnprocessed(session, outputOf(compilation, reported))
}

/** What a reference is cut to where a name has characters that end one: `s.jpg` of `it's.jpg`. Ids of our modules contain names. */
function endingsOf(name: string): string[] {
  return [...name.matchAll(/[\s"'`()<>\\#,=]/g)].map(({ index }) => name.slice(index + 1))
}

function outputOf(compilation: Compilation, reported: ReadonlySet<string>): BuildOutput {
  // Scripts for `eval` contain the text of every source, including imports.
  const isText = String(compilation.options.devtool).includes('eval') ? /\.(?:css|html?)$/ : TEXT_OUTPUT_RE
  return {
    outputs: compilation
      .getAssets()
      .filter(({ name }) => isText.test(name))
      .map(({ name, source }) => ({ name, text: () => source.source().toString() })),
    sources: compilation.fileDependencies,
    // The names of our modules contain loaders.
    isKnown: (reference) => reference.includes('!') || reported.has(basename(reference)),
  }
}

/** `new URL()` of a value: Rspack does not report earlier that a URL is needed. */
function misplacedValues({ moduleGraph }: Compilation, module: Module, root: string): string[] {
  // A value and its parts may have become one module.
  const parts = module.modules ?? [module]
  const value = [...parts].find(({ matchResource }) => VALUE_RE.test(matchResource ?? ''))
  if (!value?.resource) return []
  const request = relativePath(root, value.resource)
  return [...moduleGraph.getIncomingConnections(module)]
    .filter(({ dependency }) => dependency?.category === 'url')
    .map(({ originModule }) => {
      const issuer = originModule?.resource ?? ''
      return `'${request}' in ${relativePath(root, issuer)} is a value, but only a URL fits there. Import it, or leave 'as' out`
    })
}

/** Of a file name with or without a query. */
function basename(reference: string): string {
  return path.posix.basename(reference.split('?', 1)[0]!)
}

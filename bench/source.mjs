import { readFileSync } from 'node:fs'

/** A module of packages/neural from its source, since Node 20 does not read TypeScript; it must import nothing. */
export async function loadSource(name) {
  const { default: ts } = await import('typescript')
  const source = readFileSync(new URL(`../packages/neural/src/${name}`, import.meta.url), 'utf8')
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  const { outputText } = ts.transpileModule(source, { compilerOptions })
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`)
}

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { isParseEstree, readAstroEstree } from './astro-estree.ts'
import { isParseTree, readAstroTree } from './astro-tree.ts'
import type { Template } from './transform.ts'

/** Reads an Astro file. @throws Error of the parser */
export type ReadAstro = (code: string) => Template | Promise<Template>

/** The compiler of Astro 7; 5 and 6 have the other one. */
const NEW_COMPILER = '@astrojs/compiler-rs'
const OLD_COMPILER = '@astrojs/compiler'

/** A reader with the parser of the project's Astro. @throws Error if it is missing */
export async function loadAstroReader(root: string): Promise<ReadAstro> {
  const astro = createRequire(path.join(root, 'package.json')).resolve('astro/package.json')
  const { dependencies = {} } = JSON.parse(readFileSync(astro, 'utf8')) as { dependencies?: Record<string, string> }
  const name = NEW_COMPILER in dependencies ? NEW_COMPILER : OLD_COMPILER
  const { parse }: { parse?: unknown } = await import(pathToFileURL(createRequire(astro).resolve(name)).href)
  if (name === NEW_COMPILER && isParseEstree(parse)) return (code) => readAstroEstree(parse, code)
  if (name === OLD_COMPILER && isParseTree(parse)) return (code) => readAstroTree(parse, code)
  throw new Error(`'${name}' exports no 'parse'`)
}

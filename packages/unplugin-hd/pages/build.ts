import path from 'node:path'
import { build } from 'esbuild'

const HERE = import.meta.dirname

/** Bundles the script and the styles of each page into one small file each, in `dist/pages`. */
export async function buildPages(): Promise<void> {
  await build({
    entryPoints: ['compare', 'inspector'].flatMap((name) => [`${name}/${name}.ts`, `${name}/${name}.css`]),
    absWorkingDir: HERE,
    outdir: path.join(HERE, '../dist/pages'),
    entryNames: '[name]',
    bundle: true,
    minify: true,
    // No module: a module in a page is a request of its own, and what dependency scanners read.
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
  })
}

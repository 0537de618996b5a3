import path from 'node:path'
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import type { Built } from '../e2e/support/bundler.ts'
import { WIDTH } from '../e2e/support/images.ts'
import { createProject } from '../e2e/support/project.ts'
import type { Column } from './columns.ts'
import type { Place } from './places.ts'

/** `yes`: the 2x is where the image was named. `warned`: it is not, and a warning names file and image. `—`: no such place. */
export type Cell = 'yes' | 'warned' | '—' | `silent: ${string}`

/** Builds one place with one bundler, and looks at what came out. */
export async function cellOf({ kits, build }: Column, { kit, files }: Place): Promise<Cell> {
  if (!kits.includes(kit)) return '—'
  const project = await createProject(files)
  const built = await build(project, kit)
  const warnings = built.warnings.filter((text) => text.includes('.jpg?hd'))
  const named = Object.keys(files).some((file) =>
    warnings.some((text) => text.includes(`${file}:`) || text.includes(`in ${file}`)),
  )
  if (warnings.length > 0) return named ? 'warned' : `silent: the warning names no file: ${warnings[0]!}`
  const text = await textOf(built, project.dist)
  // The ids of modules, which bundlers write into code, hold more than a path.
  if (/["'`(=]\s*[\w./@-]*\.jpg\?(?:\w+&)?hd\b/.test(text)) return 'silent: the reference is left in the output'
  for (const name of built.images) {
    const { width } = await sharp(path.join(project.dist, name)).metadata()
    if (width === 2 * WIDTH && text.includes(path.posix.basename(name))) return 'yes'
  }
  // Bun inlines small images in stylesheets.
  for (const [, data] of text.matchAll(/data:image\/jpeg;base64,([\w+/=]+)/g)) {
    const { width } = await sharp(Buffer.from(data!, 'base64')).metadata()
    if (width === 2 * WIDTH) return 'yes'
  }
  return 'silent: no 2x is in the output'
}

/** Everything in the output that is text, without comments: bundlers write the ids of modules there. */
async function textOf({ files }: Built, dist: string): Promise<string> {
  const texts = files
    .filter((name) => /\.(?:[cm]?js|css|html)$/.test(name))
    .map((name) => readFile(path.join(dist, name), 'utf8'))
  return (await Promise.all(texts)).join('\n').replace(/^[;\s]*\/\/.*$|\/\*[^]*?\*\//gm, '')
}

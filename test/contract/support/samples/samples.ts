import { filesBelow, read } from '../repository.ts'

/** A fenced block of code in a Markdown file. */
export interface Sample {
  /** The file, relative to the repository. */
  file: string
  /** Of its first line of code, from 1. */
  line: number
  /** What follows the fence: `js`. */
  language: string
  code: string
}

const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'playground/README.md', 'frameworks/README.md']

/** All blocks of what users and contributors read. */
export function allSamples(): Sample[] {
  const readmes = filesBelow('packages').filter((name) => /^packages\/[^/]+\/README\.md$/.test(name))
  const docs = filesBelow('docs').filter((name) => name.endsWith('.md'))
  return [...PAGES, ...docs, ...readmes].flatMap((file) => samplesIn(file, read(file)))
}

/** @param text Markdown, in which blocks of lists are indented */
export function samplesIn(file: string, text: string): Sample[] {
  const samples: Sample[] = []
  const lines = text.split(/\r?\n/)
  for (let index = 0; index < lines.length; index++) {
    const [, indent, fence, language] = /^( *)(```+)(.*)$/.exec(lines[index]!) ?? []
    if (indent === undefined || fence === undefined) continue
    const end = lines.findIndex((line, at) => at > index && line.trim() === fence)
    if (end === -1) throw new Error(`${file}:${index + 1}: the block does not end`)
    const code = lines.slice(index + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    samples.push({ file, line: index + 2, language: language!.trim(), code: `${code.join('\n')}\n` })
    index = end
  }
  return samples
}

/** `docs/cli.md:25` */
export function placeOf({ file, line }: Sample, offset = 0): string {
  return `${file}:${line + offset}`
}

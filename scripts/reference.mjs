// Writes docs/reference.md from the docstrings of the code and the help of the command line, and copies the README into the package.
import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { build } from './build.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGE = path.join(ROOT, 'docs', 'reference.md')

/** What is described: interfaces of a file, below a heading. */
const SECTIONS = [
  ['Options', 'packages/unplugin-hd/src/options.ts', ['HdOptions']],
  ['Options of image processing', 'packages/core/src/options.ts', ['CoreOptions', 'CacheOptions']],
  ['Options of neural()', 'packages/neural/src/options.ts', ['NeuralOptions']],
  ['Options of neural() for your own models', 'packages/neural/src/onnx/options.ts', ['OwnModelOptions']],
  ['Options of kserve()', 'packages/kserve/src/options.ts', ['KserveOptions']],
  ['Options of resample()', 'packages/core/src/upscaler/resample.ts', ['ResampleOptions']],
  [
    'Upscalers',
    'packages/core/src/upscaler/upscaler.ts',
    ['Upscaler', 'UpscalerAccepts', 'UpscaleInput', 'UpscaleContext', 'UpscalerCheck'],
  ],
  ['Stores', 'packages/core/src/store/store.ts', ['Store', 'StoreEntry', 'StoredItem', 'StoreLocks']],
]

/** Defaults that are a value, not a sentence. */
const CODE_RE = /^(?:'[^']*'|\d+|true|false|\[.*\]|\w+\(\))$/

const INTRODUCTION = `# From the code

Written by \`pnpm reference\` from the docstrings of the code and the help of the command line. The pages before this one explain the same with examples.
`

/** The text of the page. The packages have to be built. */
export function reference() {
  const sections = SECTIONS.map(([title, file, names]) => {
    const source = ts.createSourceFile(file, readFileSync(path.join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true)
    return `## ${title}\n\n${names.map((name) => describeInterface(source, name)).join('\n')}`
  })
  return [INTRODUCTION, ...sections, commandLine()].join('\n')
}

function describeInterface(source, name) {
  const found = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name)
  if (!found) throw new Error(`${source.fileName} has no interface ${name}`)
  const text = docsOf(found).text
  const members = found.members.map((member) => describeMember(source, member))
  return `### ${name}\n\n${text === '' ? '' : `${text}\n\n`}${members.join('\n')}\n`
}

function describeMember(source, member) {
  const { text, fallback } = docsOf(member)
  const signature = member
    .getText(source)
    .replace(/^readonly /, '')
    .replaceAll(/\s+/g, ' ')
  const said = [text, fallback && `Default: ${CODE_RE.test(fallback) ? `\`${fallback}\`` : fallback}.`].filter(Boolean)
  return `- \`\`${signature}\`\`${said.length > 0 ? `: ${said.join(' ')}` : ''}`
}

/** The docstring of a node on one line, with its tags as sentences. */
function docsOf(node) {
  const doc = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)
  const tags = doc?.tags ?? []
  const fallback = tags.find(({ tagName }) => tagName.text === 'default')
  const others = tags
    .filter((tag) => tag !== fallback)
    .map((tag) => `*@${tag.tagName.text}* ${tag.name ? `\`${tag.name.getText()}\` ` : ''}${oneLine(tag.comment)}`)
  // `{@link name}` as code.
  const text = [doc ? oneLine(doc.comment) : '', ...others]
    .join(' ')
    .replaceAll(/\{@link ([^}]+)\}/g, '`$1`')
    .trim()
  return { text, fallback: fallback && oneLine(fallback.comment) }
}

function oneLine(comment) {
  return (ts.getTextOfJSDocComment(comment) ?? '').replaceAll(/\s+/g, ' ').trim()
}

function block(text) {
  return `\`\`\`text\n${text.trim()}\n\`\`\``
}

function commandLine() {
  const overview = help('help')
  const commands = [...overview.matchAll(/^ {2}(?:hd )?([a-z]+)\b/gm)].map(([, name]) => name)
  const known = [...new Set(commands)].filter((name) => name !== 'help')
  return `## Command line\n\n${block(overview)}\n\n${known.map((name) => `### hd ${name}\n\n${block(help(name, '--help'))}\n`).join('\n')}`
}

function help(...args) {
  const bin = path.join(ROOT, 'packages', 'unplugin-hd', 'bin', 'hd.mjs')
  const env = { ...process.env, NO_COLOR: '1', COLUMNS: '100' }
  const { stdout, stderr, status } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', env, cwd: ROOT })
  if (status !== 0) throw new Error(`hd ${args.join(' ')}: ${stderr}`)
  return stdout
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  build({ quiet: true })
  writeFileSync(PAGE, reference())
  copyFileSync(path.join(ROOT, 'README.md'), path.join(ROOT, 'packages', 'unplugin-hd', 'README.md'))
}

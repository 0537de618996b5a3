import path from 'node:path'
import ts from 'typescript'
import { ROOT } from '../repository.ts'
import { STAND_INS } from './modules.ts'
import { placeOf, type Sample } from './samples.ts'

/** A path as the keys of the program have it. */
const key = (file: string) => file.replaceAll('\\', '/')

/** The samples are checked as if they were in this folder, whose packages they can import. */
const FOLDER = path.posix.join(key(ROOT), 'test', 'samples')

/** Languages that are compiled, and what a file of them is called. */
const EXTENSIONS: Record<string, string> = { js: '.js', ts: '.ts', jsx: '.jsx', tsx: '.tsx', mdx: '.jsx' }

/** What the configuration in a file of this name has to fit. */
const CONFIGURATIONS: Record<string, string> = {
  'vite.config': `import('vite').UserConfig`,
  'rollup.config': `import('rollup').RollupOptions`,
  'rolldown.config': `import('rolldown').RolldownOptions`,
  'webpack.config': `import('webpack').Configuration`,
  'rspack.config': `import('@rspack/core').Configuration`,
  'rsbuild.config': `import('@rsbuild/core').RsbuildConfig`,
  'hd.config': `import('unplugin-hd').HdOptions`,
}

/** Samples in JavaScript are not written for `strict`: what they find in a page may be null, and errors are of any type. */
const LENIENT = new Set([18046, 18047, 2531])

/** Files of packages, by their names: parsed once for all programs. */
const PARSED = new Map<string, ts.SourceFile>()

/** What TypeScript reads of a sample, all of it or the script of a component, on the same lines. */
function scriptOf({ language, code }: Sample): { extension: string; script: string } | undefined {
  const extension = EXTENSIONS[language]
  if (extension !== undefined) return { extension, script: code }
  const [before, script] =
    language === 'astro' ? code.split('---', 2) : (/^([^]*?<script>)([^]*)<\/script>/.exec(code)?.slice(1) ?? [])
  if (!['astro', 'svelte', 'vue'].includes(language) || script === undefined) return undefined
  return { extension: '.ts', script: before!.replaceAll(/[^\n]/g, ' ') + script }
}

/** Whether a sample, or a part of it, is compiled. */
export function isCompiled(sample: Sample): boolean {
  return scriptOf(sample) !== undefined
}

/**
 * What TypeScript says of samples, by their places. They are one program of strict modules with the types of the built packages.
 * @param types what a project puts into `types` of its `tsconfig.json`
 */
export function typeErrors(samples: readonly Sample[], types: readonly string[]): string[] {
  const texts = new Map<string, { text: string; sample?: Sample }>()
  STAND_INS.forEach(({ declarations }, index) => texts.set(`${FOLDER}/stand-in-${index}.d.ts`, { text: declarations }))
  samples.forEach((sample, index) => {
    const compiled = scriptOf(sample)
    if (compiled === undefined) return
    const name = /^\/\/ (\S+\/)?([\w.-]+\.[cm]?[jt]sx?)\b/.exec(compiled.script)?.[2] ?? `sample${compiled.extension}`
    const file = `${FOLDER}/${index}/${name}`
    texts.set(file, { text: compiled.script, sample })
    const fitting = CONFIGURATIONS[name.replace(/\.[cm]?[jt]s$/, '')]
    if (fitting === undefined) return
    texts.set(`${FOLDER}/${index}/fitting.ts`, {
      text: `import given from './${name}'\nexport const config: ${fitting} = given\n`,
      sample,
    })
  })

  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    jsx: ts.JsxEmit.Preserve,
    allowImportingTsExtensions: true,
    allowJs: true,
    checkJs: true,
    strict: true,
    noImplicitAny: false,
    skipLibCheck: true,
    noEmit: true,
    types: ['node', ...types],
  }
  const host = ts.createCompilerHost(options)
  const real = { ...host }
  host.fileExists = (file) => texts.has(key(file)) || real.fileExists(file)
  host.directoryExists = (folder) => key(folder).startsWith(FOLDER) || ts.sys.directoryExists(folder)
  host.readFile = (file) => texts.get(key(file))?.text ?? real.readFile(file)
  host.getSourceFile = (file, version, ...more) => {
    const text = texts.get(key(file))?.text
    if (text !== undefined) return ts.createSourceFile(file, text, version, true)
    const parsed = PARSED.get(file) ?? real.getSourceFile(file, version, ...more)
    if (parsed) PARSED.set(file, parsed)
    return parsed
  }
  host.getCurrentDirectory = () => FOLDER
  const program = ts.createProgram([...texts.keys()], options, host)
  const found = [...texts].flatMap(([file, { sample }]) => {
    const source = program.getSourceFile(file)
    if (source === undefined) return [`${file} is not in the program`]
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .filter(({ code }) => !(LENIENT.has(code) && /\.[cm]?jsx?$/.test(file)))
      .map(({ start, messageText }) => {
        const { line } = source.getLineAndCharacterOfPosition(start ?? 0)
        const isFitting = file.endsWith('/fitting.ts')
        const place = sample === undefined ? file : placeOf(sample, isFitting ? 0 : line)
        return `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
      })
  })
  return [
    ...program.getGlobalDiagnostics().map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    ...found,
  ]
}

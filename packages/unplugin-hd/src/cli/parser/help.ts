import { COMMON_FLAGS, type Command, type Flags } from './command.ts'
import { isGroup } from './parse.ts'

/** The default width of terminals. */
const WIDTH = 80

const ENDING = [
  'Exit status: 0 success; 1 an error ("file: message (CODE)" and the address of its documentation on standard error, with --json {"error":{"code","message","file","docs"}} on standard output), or a problem was found; 130 after Ctrl-C.',
  'Colours and progress lines are shown only on terminals; NO_COLOR turns colours off.',
]

/** @param words of {@link Parsed}: a command, a group, or empty for all */
export function renderHelp(words: string, commands: readonly Command[]): string {
  const command = commands.find(({ name }) => name === words)
  return command ? ofCommand(command) : ofAll(words, commands)
}

function ofAll(group: string, commands: readonly Command[]): string {
  const shown = isGroup([group], commands) ? commands.filter(({ name }) => name.startsWith(`${group} `)) : commands
  const rows = shown.map(({ name, summary }): [string, string] => [`hd ${name}`, summary])
  return text([
    group === '' ? ['hd: 2x images by super-resolution'] : [],
    ['Commands', ...table(rows)],
    [
      `\`hd ${group === '' ? '' : `${group} `}<command> --help\` shows its options.${group === '' ? ' `hd -v` prints the version.' : ''}`,
    ],
    ...ENDING.map((paragraph) => wrap(paragraph, WIDTH)),
    wrap(
      "Without --config the options come from the project's configuration (Vite, Nuxt, Astro, Next.js, electron-vite, webpack, Rspack, Rollup, Rolldown), if it contains this plugin.",
      WIDTH,
    ),
  ])
}

function ofCommand({ name, summary, usage, text: paragraphs, flags, examples }: Command): string {
  return text([
    [`hd ${name}: ${summary}`],
    ['Usage', ...wrap(`hd ${name} ${usage}`.trim(), WIDTH - 2).map((line, index) => `  ${index === 0 ? '' : '  '}${line}`)],
    ...paragraphs.map((paragraph) => wrap(paragraph, WIDTH)),
    ['Options', ...table(flagRows({ ...flags, ...COMMON_FLAGS }))],
    examples.length === 0 ? [] : ['Examples', ...examples.flatMap(([line, what]) => [`  hd ${line}`, `      ${what}`])],
  ])
}

function flagRows(flags: Flags): [string, string][] {
  return Object.entries(flags).map(([name, { type, value, text: what }]) => [
    type === 'boolean' ? `--${name}` : `--${name} ${value}`,
    what,
  ])
}

/** Two columns. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const column = Math.min(26, Math.max(...rows.map(([name]) => name.length)) + 2)
  return rows.flatMap(([name, what]) => {
    const lines = wrap(what, WIDTH - column - 2)
    const first = name.length + 2 > column ? [`  ${name}`] : []
    return [
      ...first,
      ...lines.map((line, index) => `  ${(index === 0 && first.length === 0 ? name : '').padEnd(column)}${line}`.trimEnd()),
    ]
  })
}

function wrap(paragraph: string, width: number): string[] {
  const lines: string[] = []
  for (const word of paragraph.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function text(parts: readonly (readonly string[])[]): string {
  return parts
    .filter((part) => part.length > 0)
    .map((part) => `${part.join('\n')}\n`)
    .join('\n')
}

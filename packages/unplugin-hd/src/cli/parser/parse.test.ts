import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../commands/all.ts'
import { COMMON_FLAGS } from './command.ts'
import { renderHelp } from './help.ts'
import { parse, type Parsed } from './parse.ts'
import { parseTime, parseBytes, parseFactor } from './values.ts'

const of = (line: string): Parsed => parse(line === '' ? [] : line.split(' '), COMMANDS)

describe('the command line', () => {
  test('is split into words and flags of the command, wherever the flags are', () => {
    for (const line of [
      'upscale a.jpg --out b.jpg --json',
      '--json upscale --out b.jpg a.jpg',
      'upscale --out=b.jpg --json a.jpg',
    ]) {
      expect(of(line)).toMatchObject({
        kind: 'run',
        command: { name: 'upscale' },
        invocation: { arguments: ['a.jpg'], flags: { out: 'b.jpg', json: true } },
      })
    }
  })

  test('treats everything after -- as files, and accepts a single dash', () => {
    expect(of('upscale --out b.jpg -- --json')).toMatchObject({ invocation: { arguments: ['--json'], flags: { out: 'b.jpg' } } })
    expect(of('upscale - --out -')).toMatchObject({ invocation: { arguments: ['-'], flags: { out: '-' } } })
  })

  test.each([
    ['', ''],
    ['help', ''],
    ['--help', ''],
    ['-h', ''],
    ['help upscale', 'upscale'],
    ['upscale --help', 'upscale'],
    ['upscale a.jpg --wrong -h', 'upscale'],
  ])("'hd %s' prints the help of '%s'", (line, words) => {
    expect(of(line)).toEqual({ kind: 'help', words })
  })

  test.each(['-v', '--version'])("'hd %s' prints the version", (line) => {
    expect(of(line)).toEqual({ kind: 'version' })
  })

  test.each([
    ['upscal a.jpg', "the command 'upscal' is unknown. Did you mean 'upscale'?"],
    ['help doktor', "the command 'doktor' is unknown. Did you mean 'doctor'?"],
    ['--json', 'a command is missing'],
    ['upscale a.jpg --outt b.jpg', "hd upscale has no flag --outt. Did you mean '--out'?"],
    ['doctor --quality 3', 'hd doctor has no flag --quality: it belongs to hd upscale'],
    ['upscale a.jpg --constructor', 'hd upscale has no flag --constructor'],
    ['upscale a.jpg -x', 'hd upscale has no flag -x'],
    ['upscale a.jpg --out', '--out needs a value: --out <'],
    ['upscale a.jpg --out --json', '--out needs a value: --out <'],
    ['upscale a.jpg --out=', '--out needs a value: --out <'],
    ['doctor --json=no', "--json takes no value, got 'no'"],
    ['doctor a.jpg', "hd doctor takes no arguments, got 'a.jpg'"],
    ['upscale', 'hd upscale needs '],
  ])("'hd %s' is refused: %s", (line, message) => {
    expect(() => of(line)).toThrow(message)
    expect(() => of(line)).toThrow(/See `hd .*--help`$/)
  })
})

describe('the help', () => {
  test('without a command names every command, the exit statuses and the environment', () => {
    const help = renderHelp('', COMMANDS)
    for (const { name } of COMMANDS) expect(help).toContain(`hd ${name} `)
    for (const word of ['130', 'NO_COLOR', '--config', 'hd -v']) expect(help).toContain(word)
  })

  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    'of hd %s names its flags, and no line is wider than 80',
    (name, command) => {
      const help = renderHelp(name, COMMANDS)
      for (const flag of Object.keys({ ...command.flags, ...COMMON_FLAGS })) expect(help).toContain(`--${flag}`)
      expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
      // Every example must parse.
      for (const [line] of command.examples) expect(() => of(line.replaceAll(/'[^']*'/g, 'x'))).not.toThrow()
    },
  )
})

describe('values', () => {
  test('sizes have units of 1000', () => {
    expect(['4096', '500MB', '1.5 GB', '2g'].map((value) => parseBytes('--max-bytes', value))).toEqual([4096, 5e8, 1.5e9, 2e9])
    expect(() => parseBytes('--max-bytes', 'much')).toThrow("--max-bytes is 'much', expected a size such as 500MB")
  })

  test('times are hours, days or weeks', () => {
    expect(['12h', '30d', '2w'].map((value) => parseTime('--unused-for', value)! / 3_600_000)).toEqual([12, 720, 336])
    expect(() => parseTime('--unused-for', '30')).toThrow("--unused-for is '30', expected a time such as 30d")
  })

  test('factors are 2, 3 and 4', () => {
    expect([parseFactor('3'), parseFactor('4x'), parseFactor(undefined)]).toEqual([3, 4, undefined])
    expect(() => parseFactor('5')).toThrow("--factor is '5', allowed are 2, 3, 4")
  })
})

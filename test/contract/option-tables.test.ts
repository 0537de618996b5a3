import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { resolveHdOptions } from '../../packages/unplugin-hd/src/options.ts'
import { kserve } from '@unplugin-hd/kserve'
import { neural } from '@unplugin-hd/neural'
import { wechat, wechatCloud, wechatRelay } from '@unplugin-hd/wechat'

type Taking = (options: never) => unknown

/** The options that a function takes, as it lists them for one that it does not know. */
function optionsOf(take: Taking): string[] {
  try {
    take({ zzzzzzzzz: 1 } as never)
  } catch (error) {
    const [, list] = /Allowed are (.*)$/.exec((error as Error).message.replace(/ \(HD_OPTION\)$/, ''))!
    return [...list!.matchAll(/'([\w.]+)'/g)].map(([, name]) => name!)
  }
  throw new Error('an unknown option was taken')
}

/** The names in the first column of the first tables with a header, such as `option of wechatCloud()`. */
async function tabled(file: string, header: string, tables: number): Promise<string[]> {
  const lines = (await readFile(new URL(`../../${file}`, import.meta.url), 'utf8')).split('\n')
  const names: string[] = []
  let left = tables
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith(`| ${header} |`) || left-- <= 0) continue
    for (let row = index + 2; lines[row]!.startsWith('|'); row++)
      names.push(...[...lines[row]!.split(' | ')[0]!.matchAll(/`([\w.]+)`/g)].map(([, name]) => name!))
  }
  return names
}

const COMMON = ['publicUrl', 'maxUploadBytes', 'concurrency', 'minIntervalMs', 'dailyBudget', 'retries']
const TIMEOUTS = ['attemptTimeoutMs', 'totalTimeoutMs']

test.each<[string, Taking, string, string, string[]]>([
  ['neural()', neural, 'packages/neural/README.md', 'option', []],
  ['kserve()', kserve, 'docs/kserve.md', 'option', []],
  ['wechat()', wechat, 'packages/wechat/README.md', 'option', []],
  ['wechatCloud()', wechatCloud, 'docs/wechat.md', 'option of `wechatCloud()`', []],
  // "the rest, as wechat()"
  ['wechatRelay()', wechatRelay, 'docs/wechat.md', 'option of `wechatRelay()`', [...COMMON, ...TIMEOUTS]],
])('the table of %s has every option and no other', async (_, take, file, header, rest) => {
  expect([...(await tabled(file, header, take === neural ? 2 : 1)), ...rest].toSorted()).toEqual(optionsOf(take).toSorted())
})

test('the table of the plugin has every option and no other', async () => {
  const listed = (await tabled('docs/options.md', 'option', 1)).map((name) => name.split('.')[0]!)
  expect([...new Set(listed)].toSorted()).toEqual(optionsOf((options) => resolveHdOptions(options, '/')).toSorted())
})

import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { remoteOption } from '../../packages/core/src/options/remote.ts'
import { resolveOptions } from '../../packages/kserve/src/options.ts'
import { DEV_MODES, resolveHdOptions } from '../../packages/unplugin-hd/src/options.ts'
import { KSERVE_CODES, KserveError } from '@unplugin-hd/kserve'
import { WechatError } from '@unplugin-hd/wechat'
import { DEFAULTS, FORMAT_FACTS, HD_CODES, MODES, ON_ERROR, OUTPUT_FORMATS, SHAPES } from '@unplugin-hd/core'

const read = (name: string): Promise<string> => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')

/** The cells of every row of the tables in a text, without code marks. */
function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    )
}

describe('docs/errors.md', () => {
  test('lists exactly the codes and conditions of the code', async () => {
    const listed = rows(await read('docs/errors.md')).map(([code, condition]) => [code!.replaceAll('`', ''), condition])
    expect(Object.fromEntries(listed)).toEqual(HD_CODES)
  })
})

describe('the address in an error', () => {
  test.each([new WechatError('WECHAT_QUOTA', ''), new KserveError('KSERVE_DENIED', '')])(
    'of $code is a section of a page',
    async (error) => {
      const [, page, section] = /^https:\/\/unplugin-hd\.github\.io\/unplugin-hd\/([\w-]+)#([\w-]+)$/.exec(error.docs!)!
      const headings = (await read(`docs/${page}.md`)).match(/^## .*$/gm)!
      expect(headings.map((heading) => heading.slice(3).toLowerCase())).toContain(section)
    },
  )
})

describe('docs/options.md and docs/queries.md', () => {
  test('states the defaults of the code', async () => {
    const page = await read('docs/options.md')
    const table = page.slice(page.indexOf('<!-- options -->'), page.indexOf('<!-- /options -->'))
    const stated = Object.fromEntries(rows(table).map(([name, value]) => [name, value]))
    expect(stated['`mode`']).toBe(`\`'${DEFAULTS.mode}'\``)
    expect(stated['`onError`']).toBe(`\`'${DEFAULTS.onError}'\``)
    expect(stated['`cache.dir`']).toBe(`\`'${DEFAULTS.cacheDir}'\``)
    expect(stated['`cache.maxBytes`']).toBe(`\`${DEFAULTS.cacheMaxBytes}\``)
    expect(stated['`quality`']).toBe(`\`${DEFAULTS.quality}\``)
    expect(stated['`maxPixels`']).toBe(`\`${DEFAULTS.maxPixels}\``)
    expect(stated['`dts`']).toBe('`false`')
    expect(resolveHdOptions({}, '/').dts).toBeUndefined()
    expect(stated['`report`']).toBe('`false`')
    expect(resolveHdOptions({}, '/').report).toBeUndefined()
    expect(stated['`stub`']).toBe('`false`')
    expect(resolveHdOptions({}, '/').stub).toBe(false)
    expect(stated['`dev`']).toBe(`\`'${resolveHdOptions({}, '/').dev}'\``)
    for (const value of [...DEV_MODES, ...MODES, ...ON_ERROR, ...OUTPUT_FORMATS]) expect(table).toContain(`'${value}'`)
  })

  test('lists every shape and format', async () => {
    const page = await read('docs/queries.md')
    for (const shape of SHAPES) if (shape !== 'url') expect(page).toContain(`as=${shape}`)
    for (const format of Object.keys(FORMAT_FACTS)) expect(page).toContain(`\`${format}\``)
  })
})

describe('docs/remote-cache.md', () => {
  test('lists every option with the default that the code has', async () => {
    const options = remoteOption('docs', '').parse('https://host')!
    const listed = rows(await read('docs/remote-cache.md')).flatMap(([names, value]) =>
      names!.split(', ').map((name): [string, string] => [name.replaceAll('`', ''), value!]),
    )
    expect(listed.map(([name]) => name).toSorted()).toEqual(Object.keys(options).toSorted())
    for (const [name, stated] of listed) {
      const value = options[name as keyof typeof options]
      if (name === 'url' || value === undefined) continue
      expect(stated, name).toBe(`\`${typeof value === 'string' ? `'${value}'` : String(value)}\``)
    }
  })
})

describe('docs/kserve.md', () => {
  test('lists the defaults and the codes of the code', async () => {
    const page = await read('docs/kserve.md')
    const [table, codes] = page.split('## Errors') as [string, string]
    const options = resolveOptions({ url: 'https://host', model: 'model' })
    for (const [name, stated] of rows(table)) {
      const value = options[name!.replaceAll('`', '') as keyof typeof options]
      if (['`url`', '`model`', '`headers`'].includes(name!) || value === undefined) continue
      expect(stated, name).toBe(`\`${typeof value === 'string' ? `'${value}'` : String(value)}\``)
    }
    expect(Object.fromEntries(rows(codes).map(([code, when]) => [code!.replaceAll('`', ''), when]))).toEqual(KSERVE_CODES)
  })
})

import path from 'node:path'
import { expect, test } from 'vitest'
import { resolveHdOptions, type HdOptions } from './options.ts'

test('dev is checked like the other options', () => {
  expect(resolveHdOptions({}, '/project').dev).toBe('preview')
  expect(resolveHdOptions({ dev: 'full' }, '/project').dev).toBe('full')
  expect(() => resolveHdOptions({ dev: true } as never, '/project')).toThrow(
    "the option 'dev' is true, expected 'preview', 'full'",
  )
})

test('the error for an unknown option names its owner, the nearest name, and all allowed ones', () => {
  const wrong = { qualty: 80 } as HdOptions
  expect(() => resolveHdOptions(wrong, '/project')).toThrow(
    /^unplugin-hd: the option 'qualty' is unknown\. Did you mean 'quality'\? Allowed are .*'cache'.*'include', 'exclude', 'dev', 'dts', 'report', 'stub'$/,
  )
  expect(() => resolveHdOptions({ exlude: /x/ } as HdOptions, '/project')).toThrow("Did you mean 'exclude'?")
  expect(() => resolveHdOptions({ Dev: 'full' } as HdOptions, '/project')).toThrow("Did you mean 'dev'?")
})

test('a report goes beside the nearest package.json, and only to a page', () => {
  expect(resolveHdOptions({}, '/').report).toBeUndefined()
  expect(resolveHdOptions({ report: true }, '/').report).toBe(path.resolve('/hd-report.html'))
  expect(resolveHdOptions({ report: 'a/b.html' }, '/').report).toBe(path.resolve('/a/b.html'))
  for (const wrong of ['', 'a.json', 1]) {
    expect(() => resolveHdOptions({ report: wrong } as HdOptions, '/')).toThrow(/'report'.*ends in '\.html'/)
  }
})

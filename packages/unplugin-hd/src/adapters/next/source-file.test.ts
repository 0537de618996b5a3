import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createSession, type Session } from '../../session/session.ts'
import { loadSource, REFERENCE_RE, warnOfSass } from './source-file.ts'

function setUp(): { session: Session; warnings: string[] } {
  const warnings: string[] = []
  return {
    session: createSession({ format: 'webp' }, { root: '/project', quiet: true, warn: (text) => void warnings.push(text) }),
    warnings,
  }
}

test('a stylesheet names the file in the format of the options', async () => {
  const { session, warnings } = setUp()
  const code = await loadSource(session, '/project/src/a.module.css', '.a { background: url(./a.jpg?hd&quality=50) }')
  expect(code).toBe('.a { background: url("./a.jpg?hd-bytes=0,2&quality=50&to=webp") }')
  expect(warnings).toEqual([])
})

test('a shape in a stylesheet is the URL with a warning, and a wrong query an error, both with file and line', async () => {
  const { session, warnings } = setUp()
  expect(await loadSource(session, '/project/src/a.css', '\n.a { background: url(./a.jpg?hd&as=img) }')).toContain(
    'hd-bytes=0,2&to=webp',
  )
  expect(warnings).toEqual([expect.stringContaining('src/a.css:2')])
  await expect(loadSource(session, '/project/src/a.css', '\n\n.a { background: url(./a.jpg?hd&size=3) }')).rejects.toThrow(
    expect.objectContaining({ code: 'HD_QUERY', message: expect.stringMatching(/^src\/a\.css:3: '\.\/a\.jpg\?hd&size=3': /) }),
  )
})

test('a script is warned of with file and line, and a mistyped import refused', async () => {
  const { session, warnings } = setUp()
  await loadSource(session, '/project/app/page.jsx', 'export default () =>\n  <img src="/a.jpg?hd" />')
  expect(warnings).toEqual([expect.stringMatching(/'\/a\.jpg\?hd' in app\/page\.jsx:2 was not processed/)])
  await expect(loadSource(session, '/project/app/page.jsx', `import a from './a.jpg?HD'`)).rejects.toThrow(/^app\/page\.jsx:1: /)
})

test.each([
  ["from './a.jpg?hd'", true],
  ["from './a.jpg?format=webp&hd'", true],
  ['url(a.png?HD)', true],
  ['"./a.jpg?2x"', true],
  ["from './a.jpg?hd-bytes=0,2'", false],
  ["from './a.jpg'", false],
  ["from './a.svg?hd'", false],
])('%s may have a reference: %s', (text, expected) => {
  expect(REFERENCE_RE.test(text)).toBe(expected)
})

test('references in Sass are warned of with file and line, also those in partials', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'hd-sass-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  await writeFile(path.join(root, 'a.scss'), "@use './p';\n.a { background: url('./a.jpg?hd'); b: url(c.png) }")
  await writeFile(path.join(root, '_p.scss'), "\n\n.p { background: url('./p.jpg?hd') }")
  const warnings: string[] = []
  await warnOfSass(createSession({}, { root, quiet: true, warn: (text) => void warnings.push(text) }), path.join(root, 'a.scss'))
  expect(warnings).toEqual([
    expect.stringMatching(/^'\.\/a\.jpg\?hd' in a\.scss:2 is shipped at 1x/),
    expect.stringMatching(/^'\.\/p\.jpg\?hd' in _p\.scss:3 is shipped at 1x/),
  ])
})

import { expect, test } from 'vitest'
import type { Origin } from './origin.ts'
import { createSession, type Session } from './session.ts'

function setUp(): { session: Session; warnings: string[] } {
  const warnings: string[] = []
  const warn = (message: string): void => void warnings.push(message)
  return { session: createSession({ exclude: /b\.jpg$/ }, { root: '/project', quiet: true, warn }), warnings }
}

const at = (reference: string): Origin => ({ reference, where: () => ({ text: 'src/main.js:3' }) })

test("warns about a query that may be another tool's, with its place and the right form", async () => {
  const { session, warnings } = setUp()
  await session.checkMistaken('./a.jpg?4x', at('./a.jpg?4x'))
  expect(warnings).toEqual([expect.stringMatching(/'\.\/a\.jpg\?4x' in src\/main\.js:3 .* write '\.\/a\.jpg\?hd=4'$/)])
})

test('a clearly mistyped query is an error, and other queries are ignored', async () => {
  const { session, warnings } = setUp()
  await expect(session.checkMistaken('./a.jpg?HD', at('./a.jpg?HD'))).rejects.toThrow(
    /^src\/main\.js:3: '\.\/a\.jpg\?HD': .* Write '\.\/a\.jpg\?hd' \(HD_QUERY\)$/,
  )
  await session.checkMistaken('./a.jpg?w=400', at('./a.jpg?w=400'))
  expect(warnings).toEqual([])
})

test('remembers excluded images', () => {
  const { session } = setUp()
  expect(session.shouldTransform('/project/a.jpg?hd')).toBe(true)
  expect(session.shouldTransform('/project/b.jpg?hd')).toBe(false)
  expect([session.leftOut('./a.jpg?hd'), session.leftOut('./b.jpg?hd')]).toEqual([false, true])
})

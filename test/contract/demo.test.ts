import { expect, test } from 'vitest'
import { ending } from '../../scripts/demo.mjs'

const desktop = { isTerminal: true, platform: 'linux', env: { DISPLAY: ':0' } } as const

test('pnpm demo opens a browser where somebody is watching and a desktop is there', () => {
  expect(ending(desktop)).toEqual({ serve: true, open: true })
  expect(ending({ ...desktop, env: { WAYLAND_DISPLAY: 'wayland-0', CI: 'false' } })).toEqual({ serve: true, open: true })
  expect(ending({ ...desktop, env: { WSL_DISTRO_NAME: 'Debian' } })).toEqual({ serve: true, open: true })
  for (const platform of ['darwin', 'win32'] as const) {
    expect(ending({ ...desktop, platform, env: {} })).toEqual({ serve: true, open: true })
  }
})

test('pnpm demo only serves without a desktop, unless BROWSER names one, and with --no-open', () => {
  expect(ending({ ...desktop, env: {} })).toEqual({ serve: true, open: false })
  expect(ending({ ...desktop, env: { BROWSER: 'w3m' } })).toEqual({ serve: true, open: true })
  expect(ending({ ...desktop, open: false })).toEqual({ serve: true, open: false })
})

test('pnpm demo ends after the build in CI and where the output is no terminal, unless --open is given', () => {
  expect(ending({ ...desktop, isTerminal: false })).toEqual({ serve: false, open: false })
  expect(ending({ ...desktop, isTerminal: false, open: false })).toEqual({ serve: false, open: false })
  expect(ending({ ...desktop, env: { DISPLAY: ':0', CI: 'true' } })).toEqual({ serve: false, open: false })
  expect(ending({ ...desktop, isTerminal: false, open: true })).toEqual({ serve: true, open: true })
})

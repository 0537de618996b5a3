import { expect, test } from 'vitest'
import { patiently } from './atomic-file.ts'

/** Fails a number of times. */
function failing(times: number, code: string): { calls: number; replace: () => Promise<void> } {
  const log = {
    calls: 0,
    async replace() {
      if (log.calls++ < times) throw Object.assign(new Error(code), { code })
    },
  }
  return log
}

test('a file that Windows holds open is replaced when it is closed', async () => {
  for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
    const open = failing(2, code)
    await patiently(open.replace, 'win32')
    expect(open.calls).toBe(3)
  }
})

test('other systems, and other errors on Windows, are not tried again', async () => {
  for (const [code, platform] of [
    ['EPERM', 'linux'],
    ['EPERM', 'darwin'],
    ['ENOSPC', 'win32'],
  ] as const) {
    const refused = failing(2, code)
    await expect(patiently(refused.replace, platform)).rejects.toThrow(code)
    expect(refused.calls).toBe(1)
  }
})

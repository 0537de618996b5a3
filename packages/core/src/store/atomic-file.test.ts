import { readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { patiently, writeAtomically } from './atomic-file.ts'

test.each([3, 600_000])(
  'three times %i bytes are one file, also where the folders were deleted after another',
  async (length) => {
    const root = await temporaryFolder()
    const [temporary, folder] = [path.join(root, 'tmp'), path.join(root, 'entries', 'ab')]
    const chunks = [1, 2, 3].map((value) => Buffer.alloc(length, value))
    for (const missing of [undefined, folder, temporary, root]) {
      if (missing !== undefined) await rm(missing, { recursive: true })
      await writeAtomically(temporary, path.join(folder, 'c'), chunks)
      expect((await readFile(path.join(folder, 'c'))).equals(Buffer.concat(chunks))).toBe(true)
      expect(await readdir(temporary)).toEqual([])
    }
  },
)

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

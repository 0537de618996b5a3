import { expect, onTestFinished, test } from 'vitest'
import type { WechatEmulator } from './emulator.ts'
import { askStable, encodedImage, upload } from './harness.ts'
import { runCli } from './run-cli.ts'

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string; emulator: WechatEmulator | undefined }> {
  let out = ''
  let err = ''
  let emulator: WechatEmulator | undefined
  const code = await runCli(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    onListening: (started) => (emulator = started),
  })
  onTestFinished(() => emulator?.close())
  return { code, out, err, emulator }
}

test('the command starts the server and prints the variables to set', async () => {
  const { code, out, emulator } = await run('--port', '0', '--appid', 'wx1', '--secret', 's1', '--quota', '1')
  expect(code).toBe(0)
  expect(out).toContain(`export WECHAT_BASE_URL=${emulator!.url}\nexport WECHAT_APPID=wx1\nexport WECHAT_SECRET=s1\n`)
  expect((await askStable(emulator!, { appid: 'wx1', secret: 's1' })).json['access_token']).toBeTypeOf('string')
  expect((await upload(emulator!, await encodedImage())).errcode).toBe(0)
  expect((await upload(emulator!, await encodedImage())).errcode).toBe(45009)
})

test.each([
  [['--removed'], 200],
  [['--removed', '404'], 404],
  [['--removed=html'], 200],
])('the command takes %o', async (flags, status) => {
  const { emulator } = await run(...flags, '--port', '0')
  expect((await upload(emulator!, await encodedImage())).status).toBe(status)
  expect(emulator!.behaviour.removed).toBe(flags.join('=').split('=')[1] ?? '40066')
})

test.each([['--nonsense'], ['--port', 'x'], ['--port', '70000'], ['--quota', '-1'], ['--removed=gone'], ['--faults', '2']])(
  'the command refuses %s %s with exit code 2',
  async (...argv) => {
    const { code, err, emulator } = await run(...argv.filter((arg) => typeof arg === 'string'))
    expect(code).toBe(2)
    expect(err).not.toBe('')
    expect(emulator).toBeUndefined()
  },
)

test('the command accepts --faults, --seed and --strict', async () => {
  const { emulator } = await run('--port', '0', '--strict', '--faults', '1', '--seed', '3')
  expect(emulator!.behaviour.strict).toBe(true)
  await askStable(emulator!).catch(() => undefined)
  expect(emulator!.requests[0]!.fault).toBeDefined()
})

test('the command reports that its port is in use', async () => {
  const { emulator } = await run('--port', '0')
  const { code, err } = await run('--port', new URL(emulator!.url).port)
  expect(code).toBe(2)
  expect(err).toContain('EADDRINUSE')
})

test('the command has a help text', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--quota') })
})

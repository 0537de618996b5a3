import { mkdir, readdir, symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createWechatEmulator } from '@unplugin-hd/wechat-emulator'
import { runNode, type Ended } from './support/child.ts'
import { animatedGif, SVG } from './support/images.ts'
import { createProject, type Project } from './support/project.ts'

const BIN = fileURLToPath(new URL('../../packages/unplugin-hd/bin/hd.mjs', import.meta.url))

function hd(project: Project, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return runNode([BIN, ...args], { cwd: project.root, env })
}

function square(side: number): Promise<Buffer> {
  const data = Uint8Array.from({ length: 3 * side * side }, (_, at) => (at * 7 + Math.floor(at / 97) * 13) % 251)
  return sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .blur(2)
    .png()
    .toBuffer()
}

describe('hd upscale', () => {
  test("makes exactly 512x512 from 256x256, and uses the project's cache the second time", async () => {
    const project = await createProject({ 'in.png': await square(256) })
    const first = await hd(project, ['upscale', 'in.png', '--out', 'deep/out.png', '--json'])
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(first.stdout)).toMatchObject({
      file: 'in.png',
      out: 'deep/out.png',
      width: 512,
      height: 512,
      cache: 'made',
      upscaler: 'neural',
    })
    expect(await sharp(path.join(project.root, 'deep/out.png')).metadata()).toMatchObject({
      width: 512,
      height: 512,
      format: 'png',
    })
    expect(await readdir(path.join(project.root, 'node_modules/.cache'))).toEqual(['unplugin-hd'])

    const second = await hd(project, ['upscale', 'in.png', '--out', 'again.png', '--json'])
    expect(JSON.parse(second.stdout)).toMatchObject({ cache: 'hit' })
    expect(await project.read('again.png')).toEqual(await project.read('deep/out.png'))
    expect(await readdir(project.root)).toEqual(['a.jpg', 'again.png', 'deep', 'in.png', 'node_modules', 'package.json'])
  })

  test('uses the format of --format or the extension, and --quality', async () => {
    const project = await createProject()
    await hd(project, ['upscale', 'a.jpg', '--out', 'a.webp'])
    await hd(project, ['upscale', 'a.jpg', '--out', 'b.bin', '--format', 'avif', '--quality', '30'])
    await hd(project, ['upscale', 'a.jpg', '--out', 'c', '--format', 'jpg'])
    const format = async (name: string): Promise<string> => (await sharp(path.join(project.root, name)).metadata()).format
    expect([await format('a.webp'), await format('b.bin'), await format('c')]).toEqual(['webp', 'heif', 'jpeg'])
  })

  test('uses the cache folder of UNPLUGIN_HD_CACHE_DIR', async () => {
    const project = await createProject()
    await hd(project, ['upscale', 'a.jpg', '--out', 'b.jpg'], { UNPLUGIN_HD_CACHE_DIR: 'elsewhere' })
    expect(await readdir(project.root)).toContain('elsewhere')
    expect(await readdir(project.root)).not.toContain('node_modules')
  })

  test('prints one line without --json', async () => {
    const project = await createProject()
    const { stdout, stderr } = await hd(project, ['upscale', 'a.jpg', '--out', 'b.jpg'])
    expect(stdout).toMatch(/^a\.jpg → b\.jpg {2}24x16 → 48x32 {2}[^\n]+made \(neural\)\n$/)
    expect(stderr).toBe('')
  })
})

describe('an error', () => {
  const refusals: [what: string, args: string[], code: string, file: string | undefined][] = [
    ['for a missing file', ['gone.png', '--out', 'o.png'], 'HD_SOURCE_MISSING', 'gone.png'],
    ['for an SVG', ['logo.svg', '--out', 'o.png'], 'HD_SOURCE_FORMAT', 'logo.svg'],
    ['for an animation', ['anim.gif', '--out', 'o.png'], 'HD_SOURCE_ANIMATED', 'anim.gif'],
    ['for a truncated file', ['cut.png', '--out', 'o.png'], 'HD_SOURCE_BROKEN', 'cut.png'],
    ['for the input as output', ['a.jpg', '--out', './a.jpg'], 'HD_OUTPUT', './a.jpg'],
    ['for an existing output', ['a.jpg', '--out', 'cut.png'], 'HD_OUTPUT', 'cut.png'],
    ['for an output format that cannot be written', ['a.jpg', '--out', 'o.gif'], 'HD_OUTPUT', 'o.gif'],
    ['for an invalid model', ['a.jpg', '--out', 'o.png', '--model', 'cut.png'], 'HD_MODEL', 'cut.png'],
    ['for an unknown format', ['a.jpg', '--out', 'o.png', '--format', 'bmp'], 'HD_OPTION', undefined],
    ['for an invalid quality', ['a.jpg', '--out', 'o.png', '--quality', '0'], 'HD_OPTION', undefined],
    ['for an unknown flag', ['a.jpg', '--out', 'o.png', '--size', '3'], 'HD_OPTION', undefined],
    ['for a missing output', ['a.jpg'], 'HD_OPTION', undefined],
    ['for two inputs with one output', ['a.jpg', 'logo.svg', '--out', 'o.png'], 'HD_OPTION', undefined],
  ]
  test.each(refusals)(
    '%s prints a line with the code and one with an address, or one object with --json, and exits with 1',
    async (_, args, code, file) => {
      const project = await createProject({
        'logo.svg': SVG,
        'anim.gif': await animatedGif(),
        'cut.png': (await square(64)).subarray(0, 900),
      })
      const [text, json] = await Promise.all([hd(project, ['upscale', ...args]), hd(project, ['upscale', ...args, '--json'])])
      expect(text).toMatchObject({ code: 1, stdout: '' })
      expect(text.stderr).toMatch(new RegExp(`^[^\\n]+ \\(${code}\\)\\nSee https:\\S+#${code}\\n$`))
      expect(json).toMatchObject({ code: 1, stderr: '' })
      const { error } = JSON.parse(json.stdout) as { error: { code: string; message: string; file?: string; docs: string } }
      expect(error).toMatchObject({ code, message: expect.any(String), docs: expect.stringContaining(`#${code}`) })
      if (file !== undefined) {
        expect(error.file).toBe(file)
        expect(text.stderr.startsWith(`${file}: `)).toBe(true)
      }
      expect(await project.read('a.jpg')).toEqual(await (await createProject()).read('a.jpg'))
    },
  )

  test('for an unknown command names it', async () => {
    expect((await hd(await createProject(), ['enhance'])).stderr).toMatch(/'enhance'.*\(HD_OPTION\)/)
    expect((await hd(await createProject(), ['upscal'])).stderr).toContain("Did you mean 'upscale'?")
    expect((await hd(await createProject(), ['upscale', 'a.jpg', '--outt', 'b.jpg'])).stderr).toContain("Did you mean '--out'?")
  })
})

// Windows does not allow such names.
test.skipIf(process.platform === 'win32')('escapes control characters in file names', async () => {
  const name = 'a\n\u001B[31m\u009B2J\u202E.png'
  const shown = 'a\\n\\x1b[31m\\x9b2J\\u202e.png'
  const project = await createProject({ [name]: await square(8), [`bad-${name}`]: 'no image' })
  const raw = /\n.|(?!\n)\p{Cc}|\u202E/u
  const made = await hd(project, ['upscale', name, '--out', `2-${name}`])
  expect(made.stdout).toContain(shown)
  const refused = await hd(project, ['upscale', `bad-${name}`, '--out', 'b.png'])
  expect(refused.stderr).toContain(shown)
  const json = await hd(project, ['upscale', `bad-${name}`, '--out', 'b.png', '--json'])
  expect(JSON.parse(json.stdout).error.file).toBe(`bad-${name}`)
  const [line] = refused.stderr.split('\nSee ')
  for (const text of [made.stdout, made.stderr, line, json.stdout]) expect(text).not.toMatch(raw)
})

test('prints help and version to standard output', async () => {
  const project = await createProject()
  const [help, own, version] = await Promise.all([hd(project, ['help']), hd(project, ['upscale', '--help']), hd(project, ['-v'])])
  expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('hd doctor') })
  expect(own).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('--out <') })
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test("--model 'fast' and 'quality' select the built-in models, whose results differ", async () => {
  const project = await createProject()
  for (const model of ['fast', 'quality']) {
    expect(await hd(project, ['upscale', 'a.jpg', '--out', `${model}.png`, '--model', model])).toMatchObject({ code: 0 })
  }
  expect(await project.read('fast.png')).not.toEqual(await project.read('quality.png'))
})

describe('hd doctor', () => {
  /** Hides credentials in the environment of the tests. */
  const NO_CREDENTIALS = { WECHAT_ACCESS_TOKEN: '', WECHAT_APPID: '', WECHAT_SECRET: '', WECHAT_BASE_URL: '' }

  test('reports the default upscaler and the cache without a configuration', async () => {
    const project = await createProject()
    const { code, stdout, stderr } = await hd(project, ['doctor', '--json'], NO_CREDENTIALS)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      node: process.versions.node,
      mode: 'on',
      config: null,
      cache: {
        dir: path.join(project.root, 'node_modules/.cache/unplugin-hd'),
        exists: false,
        writable: true,
        entries: 0,
        bytes: 0,
      },
      upscalers: [{ name: 'neural', metered: false, ok: true }],
    })
    expect(await readdir(project.root)).toEqual(['a.jpg', 'package.json'])
  })

  test('counts the entries of the cache', async () => {
    const project = await createProject()
    await hd(project, ['upscale', 'a.jpg', '--out', 'b.jpg'])
    const { stdout } = await hd(project, ['doctor', '--json'], NO_CREDENTIALS)
    const { cache } = JSON.parse(stdout)
    expect(cache).toMatchObject({ exists: true, entries: 2 })
    expect(cache.bytes).toBeGreaterThan(1000)
  })

  test("asks the WeChat emulator for today's remaining calls, with credentials from the environment", async () => {
    const emulator = createWechatEmulator({ accounts: [{ dailyQuota: 7 }] })
    const url = await emulator.listen()
    onTestFinished(() => emulator.close())
    const { appid, secret } = emulator.accounts[0]!
    const project = await createProject()
    const env = { ...NO_CREDENTIALS, WECHAT_BASE_URL: url, WECHAT_APPID: appid, WECHAT_SECRET: secret }
    const { code, stdout } = await hd(project, ['doctor', '--json'], env)
    expect(code).toBe(0)
    expect(JSON.parse(stdout).upscalers).toMatchObject([
      { name: 'wechat', metered: true, ok: true, facts: { 'calls left today': 7, 'calls a day': 7 } },
      { name: 'neural', ok: true },
    ])
    expect(emulator.requests.map(({ endpoint }) => endpoint)).toEqual(['stable_token', 'quota/get'])

    emulator.accounts[0]!.ipWhitelist = ['198.51.100.1']
    const fresh = await hd(project, ['doctor'], env)
    expect(fresh.code).toBe(1)
    expect(fresh.stdout).toMatch(/✗ wechat[^]*WeChat saw the address 127\.0\.0\.1/)
    expect(fresh.stdout).not.toContain(secret)
  })

  test("reads the chain and the cache folder from the project's Vite configuration", async () => {
    const config = fileURLToPath(new URL('support/doctor.config.mjs', import.meta.url))
    const project = await createProject({
      'vite.config.js': `export { default } from ${JSON.stringify(pathToFileURL(config).href)}\n`,
    })
    const vite = fileURLToPath(new URL('../node_modules/vite', import.meta.url))
    await mkdir(path.join(project.root, 'node_modules'))
    await symlink(vite, path.join(project.root, 'node_modules/vite'), 'junction')
    const { code, stdout } = await hd(project, ['doctor', '--json'], NO_CREDENTIALS)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      config: 'vite.config.js',
      cache: { dir: path.join(project.root, 'images-2x') },
      upscalers: [
        { name: 'mine', ok: false, facts: { state: 'asleep' }, advice: 'wake it' },
        { name: 'resample', ok: true },
      ],
    })
  })

  test('reports errors in a configuration and in its arguments', async () => {
    const project = await createProject({ 'vite.config.js': 'throw new Error("no luck")' })
    expect(await hd(project, ['doctor'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^vite\.config\.js: .*\(HD_OPTION\)\nSee https:\S+#HD_OPTION\n$/),
    })
    expect((await hd(project, ['doctor', 'a.jpg'])).stderr).toContain("doctor takes no arguments, got 'a.jpg'")
    expect((await hd(project, ['doctor', '--quality', '3'])).stderr).toContain('doctor has no flag --quality')
  })
})

import { spawn, type ChildProcess } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import { wechat } from '@unplugin-hd/wechat'
import { createWechatEmulator, type WechatEmulator } from '@unplugin-hd/wechat-emulator'
import { neural } from 'unplugin-hd/vite'
import { jpeg } from './support/images.ts'
import { createProject, listFiles, type Project } from './support/project.ts'
import { vite8 } from './support/vite.ts'

const CHILD = fileURLToPath(new URL('support/wechat-process.mjs', import.meta.url))
const PLAYGROUND = fileURLToPath(new URL('../../playground/vite-wechat', import.meta.url))

async function startEmulator(): Promise<WechatEmulator> {
  const emulator = createWechatEmulator()
  await emulator.listen()
  onTestFinished(() => emulator.close())
  return emulator
}

/** Credentials of the first account, and the emulator's address. */
function account({ url, accounts }: WechatEmulator): { baseUrl: string; appid: string; secret: string } {
  return { baseUrl: url, appid: accounts[0]!.appid, secret: accounts[0]!.secret }
}

function calls(emulator: WechatEmulator, endpoint: string): number {
  return emulator.requests.filter((request) => request.endpoint === endpoint).length
}

/** `count` different images, all imported. */
async function createImages(count: number): Promise<Project> {
  const names = Array.from({ length: count }, (_, index) => `p${index}.jpg`)
  const images = await Promise.all(names.map(async (name, index) => [name, await jpeg(5 * index)] as const))
  const imports = names.map((name, index) => `import p${index} from './${name}?hd'`)
  const list = names.map((_, index) => `p${index}`).join(', ')
  return createProject({ ...Object.fromEntries(images), 'main.js': `${imports.join('\n')}\nconsole.log([${list}])` })
}

function startBuild(project: Project, emulator: WechatEmulator): ChildProcess {
  const { baseUrl, appid, secret } = account(emulator)
  const env = { ...process.env, WECHAT_BASE_URL: baseUrl, WECHAT_APPID: appid, WECHAT_SECRET: secret }
  const args = [CHILD, project.root, path.join(project.root, 'cache'), project.dist]
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('close', resolve))
}

test('playground/vite-wechat builds with the emulator, and from the cache the second time', async () => {
  const cache = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-wechat-'))
  onTestFinished(() => rm(cache, { recursive: true, force: true, maxRetries: 3 }))
  const outputs: string[] = []
  for (let run = 0; run < 2; run++) {
    const child = spawn(process.execPath, ['build.mjs'], {
      cwd: PLAYGROUND,
      env: { ...process.env, UNPLUGIN_HD_CACHE_DIR: cache },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    expect(await ended(child), output).toBe(0)
    outputs.push(output)
  }
  expect(outputs[0]).toContain('1 stable_token, 3 superresolution, 3 media/get')
  expect(outputs[0]).toMatch(/3 images: 3 made, 3 metered calls/)
  expect(outputs[1]).toContain('0 stable_token, 0 superresolution, 0 media/get')
  const names = (await listFiles(path.join(PLAYGROUND, 'dist'))).filter((name) => name.includes('@2x'))
  const sizes = await Promise.all(
    names.map(async (name) => {
      const { width, height, hasAlpha } = await sharp(await readFile(path.join(PLAYGROUND, 'dist', name))).metadata()
      return { name: name.replace(/^assets\/|@.*$/g, ''), width, height, hasAlpha }
    }),
  )
  expect(sizes.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: 'campfire', width: 640, height: 756, hasAlpha: true },
    { name: 'dandelion', width: 1280, height: 854, hasAlpha: false },
    { name: 'ladybug', width: 192, height: 192, hasAlpha: true },
  ])
})

test('a build that is killed between media_id and download does not pay again', async () => {
  const emulator = await startEmulator()
  const project = await createImages(1)
  const never = new Promise<void>(() => undefined)
  emulator.fail('media/get', { kind: 'slow', until: never })
  const first = startBuild(project, emulator)
  await expect.poll(() => calls(emulator, 'media/get'), { timeout: 50_000 }).toBe(1)
  first.kill('SIGKILL')
  await ended(first)
  expect(await ended(startBuild(project, emulator))).toBe(0)
  expect(calls(emulator, 'superresolution')).toBe(1)
  expect(calls(emulator, 'media/get')).toBe(2)
  const name = (await listFiles(project.dist)).find((file) => file.endsWith('.jpg'))
  expect(await sharp(await project.read(`dist/${name}`)).metadata()).toMatchObject({ width: 48, height: 32 })
})

describe('with the API removed', () => {
  test.each(['40066', '404', 'html'] as const)(
    '[wechat(), neural()] builds everything here after at most two calls and says why once (%s)',
    async (removed) => {
      const emulator = await startEmulator()
      emulator.behaviour.removed = removed
      const project = await createImages(6)
      const options = project.options({ upscaler: [wechat(account(emulator)), neural()] })
      const { warnings } = await vite8.build(project, options)
      expect((await listFiles(project.dist)).filter((name) => name.endsWith('.jpg'))).toHaveLength(6)
      expect(calls(emulator, 'superresolution')).toBeLessThanOrEqual(2)
      expect(warnings.filter((text) => text.includes('api_imgsuperresolution'))).toHaveLength(1)
      expect(warnings).toHaveLength(1)
    },
  )

  test('wechat() alone fails the build with WECHAT_REMOVED and a link to the official page', async () => {
    const emulator = await startEmulator()
    emulator.behaviour.removed = '40066'
    const project = await createImages(3)
    const failure = await vite8.build(project, project.options({ upscaler: wechat(account(emulator)) })).catch(String)
    expect(failure).toContain('WECHAT_REMOVED')
    expect(failure).toContain('https://developers.weixin.qq.com/miniprogram/dev/server/API/img-ocr/img/api_imgsuperresolution')
    expect(failure).not.toContain(account(emulator).secret)
  })
})

test('the dev server never calls WeChat, and reports which upscaler makes the images instead', async () => {
  const emulator = await startEmulator()
  const project = await createImages(2)
  const warnings: string[] = []
  const { createServer } = await vite8.vite()
  const options = project.options({ upscaler: wechat(account(emulator)) })
  const server = await createServer({
    ...vite8.config(project, options, {}, warnings),
    base: '/',
    server: { host: '127.0.0.1', port: 0 },
  })
  onTestFinished(() => server.close())
  await server.listen()
  const origin = server.resolvedUrls!.local[0]!
  for (const name of ['p0', 'p1']) {
    const { default: url } = await server.ssrLoadModule(`/${name}.jpg?hd`)
    const image = Buffer.from(await (await fetch(new URL(url, origin))).arrayBuffer())
    expect(await sharp(image).metadata()).toMatchObject({ width: 48, height: 32 })
  }
  const told = [expect.stringMatching(/'wechat' is metered and is not called here.*'resample'/)]
  await expect.poll(() => warnings, { timeout: 50_000 }).toEqual(told)
  expect(emulator.requests).toEqual([])
})

test('a copied cache serves a build without credentials', async () => {
  const emulator = await startEmulator()
  const project = await createImages(2)
  await vite8.build(project, project.options({ upscaler: wechat(account(emulator)) }))
  const copy = await createImages(2)
  await cp(path.join(project.root, 'cache'), path.join(copy.root, 'cache'), { recursive: true })
  await vite8.build(copy, copy.options({ upscaler: wechat(), mode: 'cache-only' }))
  expect((await listFiles(copy.dist)).filter((name) => name.endsWith('.jpg'))).toHaveLength(2)
  expect(calls(emulator, 'superresolution')).toBe(2)
})

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { cacheFolder } from './store/cache-folder.ts'
import { temporaryFolder } from './testing/folder.ts'
import { colourfulPng } from './testing/images.ts'

/** Node 20 cannot run TypeScript, so child processes use the output of `pnpm build`. */
const BUILT = new URL('../dist/index.mjs', import.meta.url)

interface Child {
  /** Resolves with the output when the process has ended. */
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>
  /** Resolves when the output contains the text. */
  said(text: string): Promise<void>
  kill(): void
}

/**
 * A build in a separate process, of the images in `root`. Every call of its upscaler adds a line to `calls`; with `hang` it prints
 * `upscaling` and never returns.
 */
function build(root: string, { hang = false, code = '' } = {}): Child {
  const script = `
    import { appendFile, readdir } from 'node:fs/promises'
    import path from 'node:path'
    import { createHd, resample, resolveOptions } from ${JSON.stringify(BUILT.href)}
    const root = ${JSON.stringify(root)}
    const inner = resample({ interpolator: 'bicubic' })
    const upscaler = { name: 'counting', version: '1', async upscale(image, context) {
      await appendFile(path.join(root, 'calls'), image.file + '\\n')
      ${hang ? "console.log('upscaling'); await new Promise((resolve) => setTimeout(resolve, 600_000))" : ''}
      return inner.upscale(image, context)
    } }
    const log = { debug() {}, info() {}, warn: console.log }
    const options = resolveOptions({ upscaler, cache: { dir: 'cache' } }, { root, env: {}, defaultUpscaler() {} })
    const hd = createHd(options, { log })
    ${code}
    const names = (await readdir(path.join(root, 'images'))).toSorted()
    await Promise.all(names.map(async (name) => {
      const asset = await hd.job(await hd.source(path.join(root, 'images', name)), { format: 'webp' }).make()
      console.log(name, asset.width, asset.height, asset.key)
    }))
    await hd.close()
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return {
    ended: new Promise((resolve) => child.on('close', (exitCode) => resolve({ code: exitCode, stdout, stderr }))),
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => (stdout.includes(text) ? resolve() : undefined)
        look()
        child.stdout.on('data', look)
        child.on('close', () => reject(new Error(`ended without '${text}': ${stdout}${stderr}`)))
      }),
    kill: () => child.kill('SIGKILL'),
  }
}

async function project(images: number): Promise<string> {
  const root = await temporaryFolder()
  await mkdir(path.join(root, 'images'))
  for (let index = 0; index < images; index++) {
    await writeFile(path.join(root, 'images', `${index}.png`), await colourfulPng(20 + index, 20))
  }
  return root
}

async function callsIn(root: string): Promise<string[]> {
  return (await readFile(path.join(root, 'calls'), 'utf8')).trim().split('\n').toSorted()
}

describe.skipIf(!existsSync(fileURLToPath(BUILT)))('builds in several processes', () => {
  test('upscale each image only once, with the same bytes', async () => {
    const root = await project(6)
    const results = await Promise.all([build(root).ended, build(root).ended, build(root).ended])
    for (const { code, stderr, stdout } of results) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout.trim().split('\n').toSorted()).toEqual(results[0]!.stdout.trim().split('\n').toSorted())
    }
    expect(await callsIn(root)).toEqual([0, 1, 2, 3, 4, 5].map((index) => `images/${index}.png`))
    expect(await readdir(cacheFolder(path.join(root, 'cache')).locks)).toEqual([])
  })

  test('continue at once if one of them was killed', async () => {
    const root = await project(1)
    const killed = build(root, { hang: true })
    await killed.said('upscaling')
    const waiting = build(root)
    killed.kill()
    await killed.ended
    expect(await waiting.ended).toMatchObject({ code: 0, stderr: '' })
    expect(await callsIn(root)).toHaveLength(2)
    expect(await readdir(cacheFolder(path.join(root, 'cache')).locks)).toEqual([])
  })

  test('leave an intact cache if one of them is killed at any time', async () => {
    const root = await project(4)
    for (let round = 0; round < 3; round++) {
      const child = build(root)
      await child.said(`${round}.png`)
      child.kill()
      await child.ended
    }
    const { code, stderr, stdout } = await build(root).ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toHaveLength(4)
  })

  test('exit after a failure and after a cancelled build', async () => {
    const root = await project(1)
    const cancelled = build(root, {
      code: "const doubled = hd.job(await hd.source(path.join(root, 'images/0.png'))).make(); hd.abort(); await doubled",
    })
    const { code, stderr } = await cancelled.ended
    expect(code).toBe(1)
    expect(stderr).toContain('HD_ABORTED')
  })

  test('print no native warnings about damaged images', async () => {
    const root = await project(1)
    const whole = await colourfulPng(90, 90)
    const file = path.join(root, 'damaged.png')
    await writeFile(file, whole.subarray(0, whole.length >> 1))
    const code = `await hd.job(await hd.source(${JSON.stringify(file)})).make().catch((error) => console.log(error.code))`
    const { stdout, stderr } = await build(root, { code }).ended
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^HD_SOURCE_BROKEN\n/)
  })
})

import { cp, mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { framework, type Framework } from './support/framework.ts'
import { sizeOf, type Size } from '../../test/e2e/support/images.ts'
import { createNextProject, type NextProject } from './support/next-project.ts'

/** Turbopack keeps what it made for the next build only when it is asked to. */
const CACHED = { experimental: { turbopackFileSystemCacheForBuild: true } }

/** For a test with two builds, on a busy machine. */
const BUILDS_MS = 400_000

let cache: string
beforeAll(async () => {
  cache = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-next-')))
})
afterAll(() => rm(cache, { recursive: true, force: true, maxRetries: 3 }))

/** The addresses of files that Next.js emits or makes in a page, a stylesheet or a response. */
function addressesIn(text: string): string[] {
  const found = text.replaceAll('&amp;', '&').matchAll(/[^\s"'(),\\]*\/_next\/(?:static\/media|image\?)[^\s"'(),\\]*/g)
  return [...new Set([...found].map(([address]) => address))]
}

async function fetchSize(url: string): Promise<Size> {
  const response = await fetch(url)
  expect(response.status, url).toBe(200)
  return sizeOf(new Uint8Array(await response.arrayBuffer()))
}

describe.each([
  { title: 'Next.js 16 with Turbopack', owner: 'next', flag: '', nextConfig: CACHED },
  { title: 'Next.js 16 with webpack', owner: 'next', flag: ' --webpack', nextConfig: {} },
  { title: 'Next.js 15', owner: 'next-15', flag: '', nextConfig: {} },
])('$title', { timeout: BUILDS_MS }, ({ owner, flag, nextConfig }) => {
  let project: NextProject
  let next: Framework
  let printed: string
  beforeAll(async () => {
    project = await createNextProject(owner, flag)
    next = framework(project.name, cache)
    await project.configure({ ...nextConfig, output: 'standalone', basePath: '/docs' }, { quality: 80 })
    printed = await next.run('build')
  })

  test('a reference that it does not resolve is a warning with file and line', () => {
    expect(printed).toContain("'/plain.png?hd' in app/page.jsx:9")
    expect(printed.match(/was not processed/g)!.length).toBe(1)
  })

  test('a standalone server below a base path serves every image, of pages, styles and routes, at 2x', async () => {
    const { folder } = next
    const standalone = path.join(folder, `.next/standalone/frameworks/${project.name}`)
    await cp(path.join(folder, '.next/static'), path.join(standalone, '.next/static'), { recursive: true })
    const server = await next.serve('standalone', () => [], 'docs')
    onTestFinished(() => server.close())
    const read = async (url: string): Promise<string> => (await fetch(new URL(url, server.origin))).text()
    const page = await read('/docs')
    const styles = [...page.matchAll(/href="([^"]+\.css[^"]*)"/g)].map(([, href]) => href!)
    const texts = [page, await read('/docs/api'), ...(await Promise.all(styles.map(read)))]
    const sizes: Record<string, Size> = {}
    for (const address of texts.flatMap(addressesIn)) {
      const url = new URL(address, server.origin + 'docs/')
      // Next.js makes those from the 2x.
      if (url.pathname === '/docs/_next/image') await fetchSize(url.href)
      else sizes[/media\/(\w+)/.exec(url.pathname)![1]!] = await fetchSize(url.href)
    }
    expect(sizes).toEqual({
      photo: { width: 80, height: 60 },
      still: { width: 120, height: 40 },
      server: { width: 48, height: 32 },
    })
    expect(page).toMatch(/<img[^>]+width="40" height="30"/)
  })

  test('a build notices a changed image, and then a changed option, without deleting .next', async () => {
    const still = async (): Promise<number> => {
      const [name] = [...(await project.images('.next/static')).keys()].filter((file) => /still.*webp$/.test(file)).toSorted()
      return (await readFile(path.join(next.folder, '.next/static', name!))).length
    }
    const before = await still()
    await project.writeImage('images/photo.png', { width: 44, height: 34 })
    await next.run('build')
    const sizes = [...(await project.images('.next/static')).values()]
    expect(sizes).toContainEqual({ width: 88, height: 68 })
    expect(sizes).not.toContainEqual({ width: 80, height: 60 })
    expect(await still()).toBe(before)
    await project.configure({ ...nextConfig, output: 'standalone', basePath: '/docs' }, { quality: 10 })
    await next.run('build')
    expect(await still()).toBeLessThan(before / 2)
  })

  test('an export has every image at 2x, behind its asset prefix', async () => {
    const assetPrefix = 'https://cdn.example.com/site'
    await project.configure({ ...nextConfig, output: 'export', assetPrefix, images: { unoptimized: true } }, {})
    await next.run('build')
    const page = await readFile(path.join(next.folder, 'out/index.html'), 'utf8')
    const route = await readFile(path.join(next.folder, 'out/api'), 'utf8')
    const emitted = await project.images('out')
    const sizes = [page, route].flatMap(addressesIn).map((address) => {
      expect(address).toMatch(/^https:\/\/cdn\.example\.com\/site\/_next\/static\/media\//)
      return emitted.get(address.slice(assetPrefix.length + 1))
    })
    expect(new Set(sizes.map((size) => `${size?.width}x${size?.height}`))).toEqual(new Set(['88x68', '120x40', '48x32']))
  })

  test('a dev server shows a changed image without a restart', async () => {
    await project.configure(nextConfig, {})
    const server = await next.serve('dev', (port) => ['-H', '127.0.0.1', '-p', String(port)])
    onTestFinished(() => server.close())
    const photo = async (): Promise<Size> => {
      const page = await (await fetch(server.origin)).text()
      const address = addressesIn(decodeURIComponent(page)).find((each) => each.startsWith('/_next/static/media/photo'))
      return fetchSize(new URL(address!.split('&', 1)[0]!, server.origin).href)
    }
    expect(await photo()).toEqual({ width: 88, height: 68 })
    await project.writeImage('images/photo.png', { width: 50, height: 36 })
    await expect.poll(photo, { timeout: 60_000, interval: 250 }).toEqual({ width: 100, height: 72 })
  })
})

import path from 'node:path'
import { pathToFileURL } from 'node:url'
import hd from 'unplugin-hd/vite'
import type { Upscaler } from 'unplugin-hd'
import type { Browser, Page } from 'playwright-core'
import type { InlineConfig } from 'vite'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { png } from '../e2e/support/images.ts'
import { createProject, type Project } from '../e2e/support/project.ts'
import { doubling } from '../e2e/support/upscaler.ts'
import { vite8 } from '../e2e/support/vite.ts'
import { seriousFindings } from './support/axe.ts'
import { CHROMIUM, launch } from './support/chromium.ts'

const VITES = [
  ['vite 8', () => import('vite')],
  // The versions differ only in types that are not used here.
  ['vite 7', () => import('vite7') as unknown as Promise<typeof import('vite')>],
] as const

/** Windows does not allow such names. */
const HOSTILE = process.platform === 'win32' ? "&lt;b onclick='x'.png" : '<img src=x onerror=hacked=1>.png'

interface Studio extends Upscaler {
  /** Continues waiting work. */
  open(): void
  /** `bad.png` no longer fails. */
  repair(): void
}

/** Stops at 42 % for `slow.png`, and fails for `bad.png`. */
function studio(): Studio {
  const good = doubling()
  let open: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  let isRepaired = false
  return {
    name: 'studio',
    version: '1',
    open: () => open(),
    repair: () => void (isRepaired = true),
    async upscale(image, context) {
      if (image.file.endsWith('bad.png') && !isRepaired) throw new Error('no <b>luck</b> today')
      if (image.file.endsWith('slow.png')) {
        context.onProgress(0.42)
        await Promise.race([opened, new Promise((resolve) => context.signal.addEventListener('abort', resolve))])
        context.signal.throwIfAborted()
      }
      return good.upscale(image, context)
    },
  }
}

async function gallery(): Promise<Project> {
  const project = await createProject({
    'index.html': '<link rel="icon" href="data:,"><script type="module" src="/main.js"></script>',
    'main.js': "import './style.css'\nimport good from './good.png?hd&as=img'\nexport default [good]\n",
    'style.css': `a { background: url("./slow.png?hd") }\n\nb { background: url("./${HOSTILE}?hd") }`,
    'other.js': "export { default } from './bad.png?hd&format=webp'\n",
  })
  for (const [index, name] of ['good.png', 'slow.png', 'bad.png', 'new.png', HOSTILE].entries())
    await project.write(name, await png(index))
  return project
}

function names(page: Page): Promise<string[]> {
  return page.locator('.card .name').allInnerTexts()
}

function stateOf(page: Page, name: string): Promise<string> {
  return page
    .locator('.card', { has: page.getByText(name, { exact: true }) })
    .locator('.state')
    .innerText()
}

describe.skipIf(CHROMIUM === undefined)('the inspector', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  /** Opens the page of a server with a base, and records errors. */
  async function open(
    load: () => Promise<typeof import('vite')>,
    config: InlineConfig,
  ): Promise<{ page: Page; faults: string[] }> {
    const { createServer } = await load()
    const server = await createServer({
      configFile: false,
      logLevel: 'silent',
      base: '/sub/',
      server: { host: '127.0.0.1', port: 0 },
      ...config,
    })
    onTestFinished(() => server.close())
    await server.listen()
    const page = await browser.newPage({ viewport: { width: 1000, height: 700 } })
    onTestFinished(() => page.close())
    const faults: string[] = []
    page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())))
    page.on('pageerror', (error) => void faults.push(error.message))
    await page.goto(`${server.resolvedUrls!.local[0]!}__hd/`)
    return { page, faults }
  }
  test.each(VITES)('%s: shows images before they are made, makes them, and updates live', async (_, load) => {
    const project = await gallery()
    const upscaler = studio()
    const { page, faults } = await open(load, { root: project.root, plugins: [hd(project.options({ upscaler }))] })
    await expect.poll(() => names(page)).toEqual([HOSTILE, 'bad.png', 'good.png', 'slow.png'])
    expect(await page.getByRole('status').first().innerText()).toMatch(/^4 images: 4 not made yet; /)
    expect(await seriousFindings(page)).toEqual([])

    await page.getByRole('button', { name: 'good.png' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.innerText()).toContain('There is nothing to compare yet.')
    await dialog.getByRole('button', { name: 'Make it now' }).click()
    await dialog.locator('.layers .over').waitFor()
    expect(await dialog.locator('.state').innerText()).toBe('made')
    expect(await dialog.locator('tbody tr').allInnerTexts()).toEqual([
      expect.stringMatching(/^source, 1x\s+24×16\s+\d+ B png/),
      expect.stringMatching(/^2x png\s+48×32\s+\d+ B\s+studio\s+made\s+\d/),
    ])
    const widths =
      'Promise.all([...document.querySelectorAll(".layers img")].map((each) => each.decode().then(() => each.naturalWidth)))'
    expect(await page.evaluate(widths)).toEqual([24, 48])
    expect(await seriousFindings(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await seriousFindings(page)).toEqual([])

    // A failed image has the reason, and can be retried.
    await dialog.getByRole('button', { name: 'Previous' }).click()
    await dialog.getByRole('button', { name: 'Make it now' }).click()
    const again = dialog.getByRole('button', { name: 'Try again' })
    await again.waitFor()
    expect(await dialog.locator('.problems').innerText()).toContain('no <b>luck</b> today')
    expect(await dialog.innerText()).toContain('other.js:1')
    upscaler.repair()
    await again.click()
    await dialog.locator('.layers .over').waitFor()
    expect(await dialog.locator('.problems').isHidden()).toBe(true)

    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'slow.png' }).click()
    await dialog.getByRole('button', { name: 'Make it now' }).click()
    await expect.poll(() => dialog.locator('.state').innerText()).toBe('being made, 42 %')
    expect(await stateOf(page, 'slow.png')).toBe('being made, 42 %')
    expect(await seriousFindings(page)).toEqual([])
    upscaler.open()
    await expect.poll(() => stateOf(page, 'slow.png')).toBe('made')
    await page.keyboard.press('Escape')

    // Sources change.
    await project.write('main.js', "import new_ from './new.png?hd'\nexport default new_\n")
    await expect.poll(() => names(page)).toEqual([HOSTILE, 'bad.png', 'new.png', 'slow.png'])
    await project.write('bad.png', await png(40))
    await expect.poll(() => stateOf(page, 'bad.png')).toBe('not made yet')
    expect(await page.evaluate('window.hacked')).toBeUndefined()
    expect(faults).toEqual([])
  })

  test('can be filtered, sorted and used with the keyboard, and opens the editor at a place of use', async () => {
    const project = await gallery()
    const upscaler = studio()
    const { page, faults } = await open(VITES[0][1], { root: project.root, plugins: [hd(project.options({ upscaler }))] })
    const opened: string[] = []
    await page.route('**/__open-in-editor*', (route) => {
      opened.push(new URL(route.request().url()).search)
      return route.fulfill({ status: 200, body: '' })
    })
    await expect.poll(() => names(page)).toHaveLength(4)
    await page.keyboard.press('/')
    await page.keyboard.type('STYLE.css slow')
    expect(await names(page)).toEqual(['slow.png'])
    expect(await page.getByRole('status').first().innerText()).toMatch(/^1 of 4 images/)
    await page.getByLabel('Filter').fill('')
    await page.getByLabel('State', { exact: true }).selectOption('failed')
    expect(await names(page)).toEqual([])
    expect(await page.getByText('No image is like this.').isVisible()).toBe(true)

    await page.getByLabel('State', { exact: true }).selectOption('all')
    await page.getByLabel('Sort by').selectOption('state')
    await page.getByRole('button', { name: 'bad.png' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'bad.png' })
    await dialog.getByRole('button', { name: 'Make it now' }).press('Enter')
    await dialog.getByRole('button', { name: 'Try again' }).waitFor()
    await page.keyboard.press('Escape')
    expect((await names(page))[0]).toBe('bad.png')
    expect(await page.evaluate('document.activeElement.innerText')).toBe('bad.png')

    await page.getByRole('button', { name: 'slow.png' }).press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'style.css:1' }).press('Enter')
    await page.getByText('style.css:1 is open in the editor').waitFor()
    expect(decodeURIComponent(opened[0]!)).toMatch(/^\?file=.*[/\\]style\.css:1$/)
    // The URL contains the image.
    await page.reload()
    expect(await page.getByRole('dialog', { name: 'slow.png' }).isVisible()).toBe(true)
    expect(faults).toEqual([])
  })

  test('the report of a build is the same page, without requests', async () => {
    const project = await gallery()
    await project.write('main.js', "export { default } from './good.png?hd&as=img'\n")
    await vite8.build(project, project.options({ report: true }))
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    const faults: string[] = []
    const requests: string[] = []
    page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())))
    page.on('pageerror', (error) => void faults.push(error.message))
    page.on('request', (request) => void requests.push(request.url()))
    await page.goto(pathToFileURL(path.join(project.root, 'hd-report.html')).href)
    expect(await names(page)).toEqual(['good.png'])
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'good.png' }).click()
    await page.locator('.layers .over').waitFor()
    const widths =
      'Promise.all([...document.querySelectorAll(".layers img")].map((each) => each.decode().then(() => each.naturalWidth)))'
    expect(await page.evaluate(widths)).toEqual([24, 48])
    expect(await page.getByRole('dialog').innerText()).toContain('main.js:1')
    expect(await page.getByRole('button', { name: /Make|Try/ }).count()).toBe(0)
    await page.getByLabel('difference').check()
    expect(await page.getByRole('status').last().innerText()).toMatch(/levels on average/)
    expect(await seriousFindings(page)).toEqual([])
    expect(faults).toEqual([])
    expect(requests.filter((url) => !/^(?:blob|data|file):/.test(url))).toEqual([])
  })
})

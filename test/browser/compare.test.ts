import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { runNode } from '../e2e/support/child.ts'
import { createProject } from '../e2e/support/project.ts'
import { seriousFindings } from './support/axe.ts'
import { CHROMIUM, launch } from './support/chromium.ts'

const BIN = fileURLToPath(new URL('../../packages/unplugin-hd/bin/hd.mjs', import.meta.url))

test.skipIf(CHROMIUM === undefined)(
  'the page of hd compare shows sliders, versions and differences, and requests nothing',
  async () => {
    const project = await createProject()
    const args = [BIN, 'compare', 'a.jpg', '--out', 'page.html', '--with', 'resample,fast', '--json']
    const written = await runNode(args, { cwd: project.root, env: {} })
    expect(written).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(written.stdout)).toMatchObject({ out: 'page.html', images: 1, upscalers: ['resample()', 'neural(), fast'] })
    expect(await runNode(args, { cwd: project.root, env: {} })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('HD_OUTPUT'),
    })

    const browser = await launch()
    onTestFinished(() => browser.close())
    const page = await browser.newPage({ viewport: { width: 900, height: 700 }, colorScheme: 'dark' })
    const faults: string[] = []
    const requests: string[] = []
    page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())))
    page.on('pageerror', (error) => void faults.push(error.message))
    page.on('request', (request) => void requests.push(request.url()))
    await page.goto(pathToFileURL(path.join(project.root, 'page.html')).href)

    await page.locator('.over').waitFor()
    expect(await page.locator('tbody tr').count()).toBe(3)
    expect(await page.locator('tbody').innerText()).toContain('48×32')
    const widths = await page.locator('.layers img').evaluateAll((images) =>
      Promise.all(
        images.map(async (each) => {
          const image = each as unknown as { decode(): Promise<void>; naturalWidth: number; clientWidth: number }
          await image.decode()
          return [image.naturalWidth, image.clientWidth]
        }),
      ),
    )
    expect(widths).toEqual([
      [24, 24],
      [48, 24],
    ])
    await page.getByRole('slider').focus()
    await page.keyboard.press('Home')
    expect(await page.locator('.over').evaluate((over) => over.getAttribute('style'))).toContain('inset(0px 0px 0px 0%)')
    await page.getByLabel('4×').check()
    expect(await page.locator('.layers').evaluate((layers) => layers.clientWidth)).toBe(96)
    expect(await seriousFindings(page)).toEqual([])

    await page.getByRole('checkbox', { name: 'Loupe' }).check()
    await page.getByRole('region', { name: 'enlarged view' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Shift+ArrowUp')
    expect(await page.getByRole('status').innerText()).toMatch(/^Pixel 13, 0: source, 1x rgb\(\d+, \d+, \d+\); neural/)
    expect(await seriousFindings(page)).toEqual([])
    await page.getByLabel('side by side').check()
    expect(await seriousFindings(page)).toEqual([])
    expect(await page.locator('.stage figure').count()).toBe(3)
    await page.getByLabel('difference').check()
    expect(await page.getByRole('status').innerText()).toMatch(/levels on average, [1-9]\d* at most/)
    expect(await seriousFindings(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await seriousFindings(page)).toEqual([])
    if (process.env['HD_SCREENSHOT']) await page.screenshot({ path: process.env['HD_SCREENSHOT'], fullPage: true })
    expect(faults).toEqual([])
    expect(requests.filter((url) => !/^(?:blob|data|file):/.test(url))).toEqual([])
  },
)

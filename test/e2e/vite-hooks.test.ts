import { readFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import hd from 'unplugin-hd/vite'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Plugin, ViteDevServer } from 'vite'
import { HEIGHT, WIDTH } from './support/images.ts'
import { createProject, listFiles, type Project } from './support/project.ts'
import { vite7, vite8, type ViteBundler } from './support/vite.ts'

/** Every hook of the plugin, with its plugin object. */
const HOOKS = (hd() as unknown as Plugin[]).flatMap((plugin) =>
  Object.entries(plugin)
    .filter(([, value]) => typeof value === 'function' || (typeof value === 'object' && value !== null && 'handler' in value))
    .map(([hook]) => ({ plugin: plugin.name, hook })),
)

/** The plugins of a second compiler: copies without one hook. */
function copiesWithout(plugins: unknown, { plugin, hook }: { plugin: string; hook: string }): Plugin[] {
  return (plugins as Plugin[]).map((each) => (each.name === plugin ? { ...each, [hook]: undefined } : { ...each }))
}

const FILES = {
  'index.html': '<link rel="stylesheet" href="./style.css"><img src="./a.jpg?hd"><script type="module" src="./main.js"></script>',
  'style.css': `.a { background: url('./a.jpg?hd') } .b { background: url('./a.jpg?hd&as=srcset') }`,
  'main.js': `import url from './a.jpg?hd'
    import img from './a.jpg?hd&as=img'
    globalThis.shown = { url, img }
    export { url, img }
    export const address = new URL('./a.jpg?hd', import.meta.url).href
    export const worker = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })`,
  'worker.js': `import url from './a.jpg?hd'\npostMessage(url)`,
}

const DOUBLED_RE = /a@2x/
const CLEAR_RE = /HD_BUNDLER|was not processed/

async function serve(bundler: ViteBundler, project: Project, plugins: Plugin[]): Promise<ViteDevServer> {
  const { createServer } = await bundler.vite()
  const server = await createServer({
    ...bundler.config(project, {}, { config: { base: '/', server: { port: 0, host: '127.0.0.1' } } }),
    plugins,
  })
  onTestFinished(() => server.close())
  await server.listen()
  return server
}

for (const bundler of [vite8, vite7]) {
  describe(`${bundler.name}: a compiler that copies the plugins`, () => {
    test('has hooks to drop', () => {
      expect(HOOKS.map(({ hook }) => hook)).toEqual(expect.arrayContaining(['configResolved', 'configureServer', 'buildStart']))
      expect(HOOKS.length).toBeGreaterThan(15)
    })

    test.each(HOOKS)('and drops $hook of $plugin builds what it can, and reports what it cannot', async (left) => {
      const project = await createProject(FILES)
      const warnings: string[] = []
      const { build } = await bundler.vite()
      const config = bundler.config(project, {}, { entry: 'index.html' }, warnings)
      const error = await build({ ...config, plugins: copiesWithout(hd(project.options()), left) }).then(
        () => undefined,
        (thrown: Error) => thrown,
      )
      if (error) {
        expect(error.message).toMatch(CLEAR_RE)
        return
      }
      const written = (name: RegExp): Promise<string> => outputs(project, name)
      // Missing images cause warnings, so that nothing is lost silently.
      for (const pattern of [/\.css$/, /\.js$/, /\.html$/]) {
        const text = await written(pattern)
        if (!DOUBLED_RE.test(text)) expect(warnings.join('\n')).toMatch(CLEAR_RE)
        if (/"[^"\n]*\?hd[^"\n]*"/.test(text)) expect(warnings.join('\n')).toMatch(CLEAR_RE)
        expect(text).not.toMatch(/undefined|\[object|dW5wbHVnaW4taGQ6/)
      }
    })

    test.each(HOOKS)('and drops $hook of $plugin serves modules and stylesheets', async (left) => {
      const project = await createProject(FILES)
      const server = await serve(bundler, project, copiesWithout(hd(project.options()), left))
      const loaded = await server.ssrLoadModule('/main.js').catch((error: Error) => error)
      if (loaded instanceof Error) {
        expect(loaded.message).toMatch(CLEAR_RE)
        return
      }
      expect(loaded['url']).toMatch(/^\/a\.jpg\?hd/)
      const css = await server.transformRequest('/style.css')
      expect(css!.code).toMatch(/a\.jpg\?hd/)
      const page = await server.transformIndexHtml('/', FILES['index.html'])
      expect(page).toMatch(/a\.jpg\?hd/)
    })

    test('next to the serving one does not affect it, and uses the same addresses', async () => {
      const project = await createProject(FILES)
      const plugins = hd(project.options()) as unknown as Plugin[]
      const server = await serve(bundler, project, plugins)
      const child = await serve(
        bundler,
        project,
        copiesWithout(plugins, { plugin: 'unplugin-hd:server', hook: 'configureServer' }),
      )
      const { url } = await server.ssrLoadModule('/main.js')
      expect((await child.ssrLoadModule('/main.js'))['url']).toBe(url)
      await child.close()
      const answer = await fetch(new URL(url, server.resolvedUrls!.local[0]))
      expect(answer.status).toBe(200)
      const { width, height } = await sharp(new Uint8Array(await answer.arrayBuffer())).metadata()
      expect({ width, height }).toEqual({ width: 2 * WIDTH, height: 2 * HEIGHT })
    })
  })
}

/** The texts of the written files with such a name. */
async function outputs(project: Project, name: RegExp): Promise<string> {
  const files = (await listFiles(project.dist)).filter((file) => name.test(file))
  const texts = await Promise.all(files.map((file) => readFile(path.join(project.dist, file), 'utf8')))
  return texts.join('\n')
}

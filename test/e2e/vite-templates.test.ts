import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { createServer, build, type Rollup } from 'vite'
import hd from 'unplugin-hd/vite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createProject, type Project } from './support/project.ts'

/** Test projects have no installed packages. */
const alias = ['vue', 'vue/server-renderer'].map((name) => ({
  find: new RegExp(`^${name}$`),
  replacement: fileURLToPath(import.meta.resolve(name)),
}))

/** Builds `main.js` and returns its code and the warnings. */
async function buildMain(
  { root, options }: Project,
  { ssr = false } = {},
): Promise<{ code: string; warnings: string[]; assets: string[] }> {
  const warnings: string[] = []
  const { output } = (await build({
    root,
    configFile: false,
    resolve: { alias },
    customLogger: loggerInto(warnings),
    plugins: [vue(), hd(options())],
    build: {
      ssr: ssr ? 'main.js' : false,
      minify: false,
      write: false,
      assetsInlineLimit: 0,
      rollupOptions: { input: 'main.js' },
    },
  })) as Rollup.RollupOutput
  const code = output.flatMap((each) => (each.type === 'chunk' ? [each.code] : [])).join('\n')
  return { code, warnings, assets: output.flatMap(({ type, fileName }) => (type === 'asset' ? [fileName] : [])) }
}

const nothing = (): void => undefined

function loggerInto(warnings: string[]): NonNullable<Parameters<typeof createServer>[0]>['customLogger'] {
  const warn = (message: string): void => void warnings.push(message)
  return { info: nothing, warn, warnOnce: warn, error: warn, clearScreen: nothing, hasErrorLogged: () => false, hasWarned: false }
}

/** The dev server's transform of a file, with the warnings. */
async function serveFile({ root, options }: Project, url: string): Promise<{ code: string; warnings: string[] }> {
  const warnings: string[] = []
  const server = await createServer({
    root,
    configFile: false,
    resolve: { alias },
    customLogger: loggerInto(warnings),
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, watch: null, ws: false },
    plugins: [vue(), hd(options())],
  })
  onTestFinished(() => server.close())
  return { code: (await server.transformRequest(url))!.code, warnings }
}

const vueApp = (template: string, script = ''): Record<string, string> => ({
  'main.js': `import App from './App.vue'\nconsole.log(App)`,
  'App.vue': `${script}<template>\n${template}\n</template>\n`,
})

describe('Vue templates', () => {
  test('as=img adds the missing attributes, in builds for browsers and servers', async () => {
    const project = await createProject(
      vueApp('<img src="./a.jpg?hd&as=img" width="12">', '<script>export default { setup: () => ({}) }</script>'),
    )
    for (const ssr of [false, true]) {
      const { code, warnings } = await buildMain(project, { ssr })
      expect(warnings.filter((each) => each.includes('hd'))).toEqual([])
      expect(code).toContain(' 1x, ')
      expect(code).toMatch(/Math\.round\(12 \* \S+\.height \/ \S+\.width\)/)
      expect(code).not.toMatch(/["'`]\.\/a\.jpg/)
    }
  })

  test('in dev, templates import what they name, by the specifiers that they hold', async () => {
    const project = await createProject(
      vueApp('<img src="./a.jpg?hd&amp;as=img"><video poster="/a.jpg?hd"/><img srcset="./a.jpg 1x, ./a.jpg?hd 2x">'),
    )
    const { code, warnings } = await serveFile(project, '/App.vue')
    expect(warnings).toEqual([])
    const imports = [...code.matchAll(/^import _imports_\d+ from "([^"]*)"/gm)].map(([, url]) => url!.replace(/&v=\w+/, ''))
    expect(imports).toEqual(['/a.jpg?import&hd&as=img', '/a.jpg?import&hd', '/a.jpg?import&url', '/a.jpg?import&hd'])
  })

  test('accepts every form of an ampersand in an attribute', async () => {
    const project = await createProject(
      vueApp('<img src="./a.jpg?hd&as=img"><img src="./a.jpg?hd&#38;as=img"><img src="./a.jpg?hd&#x26;as=img">'),
    )
    const { code, warnings } = await serveFile(project, '/App.vue')
    expect(warnings).toEqual([])
    expect([...code.matchAll(/^import _imports_\d+ from /gm)]).toHaveLength(1)
  })

  test('an unsuitable shape in a template is an error with file and line', async () => {
    const project = await createProject(vueApp('<p>one</p>\n<video poster="./a.jpg?hd&as=img" />'))
    await expect(buildMain(project)).rejects.toThrow(
      /App\.vue:3.*'as=img' makes no sense in <video poster> of a template.*HD_QUERY/s,
    )
  })

  test('a string in an expression causes a warning with file and line', async () => {
    const project = await createProject(vueApp(`<p>one</p>\n<img :src="'./a.jpg?hd'">`))
    const { warnings } = await buildMain(project)
    expect(warnings.join('\n')).toContain("'./a.jpg?hd' in App.vue:3 ")
  })
})

test('of equal references in a Vue template, warnings name only the unprocessed ones', async () => {
  const img = '<img src="./a.jpg?hd">'
  const card = { 'Card.vue': '<script>export default { props: ["src"] }</script><template><p>{{ src }}</p></template>' }
  const script = `<script setup>import Card from './Card.vue'</script>\n`
  const project = await createProject({ ...vueApp(`${img}\n${img}\n${img}\n${img}\n<Card src="./a.jpg?hd" />`, script), ...card })
  const { warnings } = await buildMain(project)
  const ours = warnings.filter((each) => each.includes('was not processed'))
  expect(ours).toEqual([expect.stringContaining("'./a.jpg?hd' in App.vue:7 (now in")])
})

describe('JSX', () => {
  const files = {
    'main.js': `import { App } from './App.jsx'\nconsole.log(App)`,
    'App.jsx': [
      '/** @jsxRuntime classic */',
      "import url from './a.jpg?hd'",
      'const React = { createElement: (...all) => all }',
      "// Compiled from <img src='./c.jpg?hd' />.",
      'export const App = () => (<p>',
      '  <img src={url} />',
      '  <img src="./b.jpg?hd" />',
      '</p>)',
    ].join('\n'),
  }

  test('imports work, and a string in an attribute causes a warning with file and line, in a build', async () => {
    const { assets, warnings } = await buildMain(await createProject(files))
    expect(assets).toEqual([expect.stringMatching(/a@2x-[\w-]{8}\.jpg$/)])
    expect(warnings.filter((each) => each.includes('?hd'))).toEqual([expect.stringContaining("'./b.jpg?hd' in App.jsx:7 ")])
  })

  test('and in dev', async () => {
    const { warnings } = await serveFile(await createProject(files), '/App.jsx')
    expect(warnings).toEqual([expect.stringContaining("'./b.jpg?hd' in App.jsx:7 ")])
  })
})

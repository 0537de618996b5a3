import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { framework } from './support/framework.ts'

interface Transformed {
  /** The transformed file; `undefined` if it is unchanged. */
  code: string | undefined
  warnings: string[]
}

/** The API of the projects' Vite that is used here. */
interface Vite {
  resolveConfig(config: object, command: 'serve'): Promise<Config>
}
interface Config {
  logger: { warn: (message: string) => void }
  plugins: { name: string; transform?: { handler(code: string, id: string): Promise<{ code: string } | null> } }[]
}

const load = async (file: string): Promise<unknown> => import(/* @vite-ignore */ pathToFileURL(file).href)

/** Transforms a file of a project in dev. The file need not exist. @param name relative to the project */
async function transform(project: string, name: string, code: string): Promise<Transformed> {
  const { folder } = framework(project, '')
  const local = createRequire(path.join(folder, 'package.json'))
  const owner = project.startsWith('astro') ? createRequire(local.resolve('astro/package.json')) : local
  const vite = (await load(path.join(owner.resolve('vite/package.json'), '..', 'dist', 'node', 'index.js'))) as Vite
  const { default: hd } = (await load(local.resolve('unplugin-hd/vite'))) as { default: (options: object) => object[] }
  const config = await vite.resolveConfig(
    {
      root: folder,
      configFile: false,
      publicDir: project === 'sveltekit' ? 'static' : 'public',
      plugins: [hd({ mode: 'off' }), ...(project.startsWith('astro') ? [{ name: 'astro:assets' }] : [])],
    },
    'serve',
  )
  const { logger, plugins } = config
  const warnings: string[] = []
  logger.warn = (message) => void warnings.push(message)
  const { handler } = plugins.find((each) => each.name === 'unplugin-hd:templates')!.transform!
  const environment = { getTopLevelConfig: () => config }
  const context = { environment, resolve: async (source: string) => (source.includes('missing') ? null : { id: source }) }
  const result = await handler.call(context, code, path.join(folder, name).replaceAll('\\', '/'))
  return { code: result?.code, warnings }
}

test('a Svelte component imports its images, and keeps its script and styles unchanged', async () => {
  const script = '<script lang="ts" generics="T extends Array<string>">\n  let a: string = `./b.png?hd`\n</script>'
  const style = '<style lang="scss">\n  $a: 1; p { &:hover { background: url(./a.png?hd) } }\n</style>'
  const { code, warnings } = await transform(
    'sveltekit',
    'src/A.svelte',
    `${script}\n{#if a as string}\n<img src="./a.png?hd&amp;as=img" alt="ü" width="9">\n{/if}\n<p>./c.png?hd</p>\n<!-- <img src="./d.png?hd"> -->\n${style}`,
  )
  expect(warnings).toEqual([])
  expect(code).toBe(
    `<script lang="ts" generics="T extends Array<string>">import __hd0 from "./a.png?hd&as=img";\n  let a: string = \`./b.png?hd\`\n</script>` +
      `\n{#if a as string}\n<img src={__hd0.src} srcset={__hd0.srcset} height={Math.round(9 * __hd0.height / __hd0.width)} alt="ü" width="9">\n{/if}` +
      `\n<p>./c.png?hd</p>\n<!-- <img src="./d.png?hd"> -->\n${style}`,
  )
})

test('dynamic references in a Svelte component cause warnings with file and line', async () => {
  const { code, warnings } = await transform(
    'sveltekit',
    'src/A.svelte',
    [
      '<script>let name</script>',
      '<img src="./{name}.png?hd" alt="">',
      '<Picture src="./b.png?hd" />',
      '<p style="background: url(./c.png?hd)"></p>',
      "{@html '<img src=./d.png?hd>'}",
      '<img src="/missing.png?hd" alt="">',
      "{#await import('./e.png?hd')}{/await}",
    ].join('\n'),
  )
  expect(code).toBeUndefined()
  const lines = warnings.map((each) => /'([^']*)' in (\S+)/.exec(each)!.slice(1).join(' '))
  expect(lines).toEqual([
    expect.stringMatching(/\.png\?hd src\/A\.svelte:2$/),
    './b.png?hd src/A.svelte:3',
    './c.png?hd src/A.svelte:4',
    './d.png?hd src/A.svelte:5',
    '/missing.png?hd src/A.svelte:6',
  ])
})

// Astro 7 has another compiler, which runs on this Node.js though Astro may not.
const ASTRO = ['astro', 'astro-7']

test.each(ASTRO)('a component of %s imports its images, also after multi-byte characters', async (project) => {
  const { code, warnings } = await transform(
    project,
    'src/A.astro',
    `---\nconst a = './b.png?hd' // ü🚀\n---\n<p>größer — ./c.png?hd</p>\n<img alt='🚀' src='./a.png?hd' />{a && <source srcset="./a.png?hd 2x" />}<b />`,
  )
  expect(warnings).toEqual([])
  expect(code).toBe(
    `---\nimport __hd0 from "./a.png?hd";const a = './b.png?hd' // ü🚀\n---\n<p>größer — ./c.png?hd</p>\n<img alt='🚀' src={__hd0} />{a && <source srcset={__hd0 + " 2x"} />}<b />`,
  )
})

test.each(ASTRO)('a component of %s without frontmatter imports its images, and keeps its script and styles', async (project) => {
  const blocks = `<style>a { background: url(./a.png?hd) }</style>\n<script>const a = './a.png?hd'</script><!-- ./a.png?hd -->`
  const { code, warnings } = await transform(project, 'src/A.astro', `<img src="./a.png?hd&amp;as=img" height="1">\n${blocks}`)
  expect(warnings).toEqual([])
  expect(code).toBe(
    `---\nimport __hd0 from "./a.png?hd&as=img";\n---\n` +
      `<img src={__hd0.src} srcset={__hd0.srcset} width={Math.round(1 * __hd0.width / __hd0.height)} height="1">\n${blocks}`,
  )
})

test.each([
  ['sveltekit', 'src/A.svelte'],
  ['astro', 'src/A.astro'],
])('in dev, %s keeps URLs of the public folder, which its server handles', async (project, name) => {
  expect(await transform(project, name, '<img src="/schooner.png?hd" alt="">')).toEqual({ code: undefined, warnings: [] })
  const { code } = await transform(project, name, '<img src="/schooner.png?hd&as=img" alt="">')
  expect(code).toContain('src={__hd0.src}')
})

test.each(ASTRO)('dynamic references in a component of %s cause warnings with file and line', async (project) => {
  const { code, warnings } = await transform(
    project,
    'src/A.astro',
    ['---', "import Picture from './Picture.astro'", '---', '<Picture src="./b.png?hd" />', '<img src={`./c.png?hd`} />'].join(
      '\n',
    ),
  )
  expect(code).toBeUndefined()
  expect(warnings.map((each) => /'([^']*)' in (\S+)/.exec(each)!.slice(1).join(' '))).toEqual([
    './b.png?hd src/A.astro:4',
    './c.png?hd src/A.astro:5',
  ])
})

test('strings in JSX, and images of Markdown that Astro does not show at 2x, cause warnings with file and line in MDX', async () => {
  const code = [
    "import a from './a.png?hd'",
    '',
    '![A](./b.png?hd&as=asset "title") and ![B](<./c.png?hd>)',
    '',
    '```md',
    '![A](./d.png?hd&as=asset)',
    '<img src="./d.png?hd" />',
    '```',
    '<img src="./e.png?hd" />',
  ].join('\n')
  const astro = await transform('astro', 'src/pages/a.mdx', code)
  expect(astro.code).toBeUndefined()
  expect(astro.warnings.map((each) => /'([^']*)' in (\S+)/.exec(each)!.slice(1).join(' '))).toEqual([
    './e.png?hd src/pages/a.mdx:9',
    './b.png?hd&as=asset src/pages/a.mdx:3',
    './c.png?hd src/pages/a.mdx:3',
  ])
  // Others import images of Markdown, or the build warns.
  expect((await transform('sveltekit', 'src/a.mdx', code)).warnings).toHaveLength(1)
})

test.each([
  ['sveltekit', 'src/A.svelte', '<script>\n</script>\n<video poster="./a.png?hd&as=img"></video>'],
  ['astro-7', 'src/A.astro', '---\n---\n<video poster="./a.png?hd&as=img"></video>'],
  ['astro', 'src/A.astro', '---\n---\n<video poster="./a.png?hd&as=img"></video>'],
])('an unsuitable shape in a template of %s is an error with file and line', async (project, name, code) => {
  await expect(transform(project, name, code)).rejects.toThrow(
    expect.objectContaining({ code: 'HD_QUERY', message: expect.stringContaining(`${name}:3`) }),
  )
})

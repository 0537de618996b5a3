import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Plugin } from 'vite'
import { expect, onTestFinished, test } from 'vitest'
import { resample } from './index.ts'
import hd from './nuxt.ts'

const PAGE = `---
image: /a.png?hd
---
Text about \`![](./b.png?hd)\`, and an image ![](/c.png?hd&as=img)

\`\`\`js
import d from './d.png?hd'
\`\`\`

![](/plain.png)
`

interface Config {
  plugins?: Plugin[]
}

/** The plugins that the module gives the compilers for client and server. */
function pluginsOf(rootDir: string, modules: readonly string[]): Plugin[] {
  const hooks: Record<string, (argument: never) => void> = {}
  const nuxt = {
    options: { rootDir, ignore: [], _installedModules: modules.map((name) => ({ meta: { name } })) },
    hook: (name: string, listener: (argument: never) => void) => void (hooks[name] = listener),
  }
  hd({ upscaler: resample() }, nuxt)
  return [{}, {}].flatMap((config: Config) => {
    hooks['vite:extendConfig']!(config as never)
    return config.plugins!.flat().filter(({ name }) => name === 'unplugin-hd:nuxt-content')
  })
}

async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-nuxt-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true })
    await writeFile(path.join(root, name), text)
  }
  return root
}

test('with Nuxt Content, each `?hd` of a Markdown file causes one warning with file and line, but not those in code', async () => {
  const root = await project({ 'content/index.md': PAGE, 'app/a.vue': '<img src="./a.png?hd">', 'node_modules/x/a.md': PAGE })
  const warnings: string[] = []
  const context = { environment: { config: { logger: { warn: (message: string) => void warnings.push(message) } } } }
  for (const { buildStart } of pluginsOf(root, ['@nuxt/content'])) {
    await (buildStart as (this: object) => Promise<void>).call(context)
  }
  expect(warnings.map((message) => /'(\S+)' in (\S+)/.exec(message)!.slice(1))).toEqual([
    ['/a.png?hd', 'content/index.md:2'],
    ['/c.png?hd&as=img', 'content/index.md:4'],
  ])
})

test('without Nuxt Content, Markdown files are left alone', () => {
  expect(pluginsOf('/project', ['@nuxt/image'])).toEqual([])
})

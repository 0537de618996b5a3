import { readFile } from 'node:fs/promises'
import { createRsbuild, type RsbuildConfig } from '@rsbuild/core'
import sharp from 'sharp'
import hd from 'unplugin-hd/rspack'
import type { HdOptions } from 'unplugin-hd/rspack'
import { describe, expect, test } from 'vitest'
import { HEIGHT, WIDTH } from './support/images.ts'
import { createProject, listFiles, type Project } from './support/project.ts'

const FILES = {
  'main.css': `.a { background: url('./a.jpg?hd&format=webp') }`,
  'main.js': `
    import './main.css'
    import url from './a.jpg?hd'
    import img from '@/a.jpg?hd&as=img'
    document.title = JSON.stringify({ url, img })`,
}

function toConfig(project: Project, options: HdOptions): RsbuildConfig {
  return {
    root: project.root,
    mode: 'production',
    logLevel: 'silent',
    source: { entry: { main: './main.js' } },
    resolve: { alias: { '@': project.root } },
    output: { distPath: { root: project.dist } },
    tools: { rspack: { plugins: [hd(options)] } },
  }
}

describe('rsbuild', () => {
  test('an import, a shape behind an alias and url() in CSS are the 2x', async () => {
    const project = await createProject(FILES)
    const rsbuild = await createRsbuild({ cwd: project.root, config: toConfig(project, project.options()) })
    const { close } = await rsbuild.build()
    await close()
    const files = await listFiles(project.dist)
    const sizes = new Map<string, unknown>()
    for (const file of files.filter((name) => /\.(?:jpg|webp)$/.test(name))) {
      const { width, height } = await sharp(await project.read(`dist/${file}`)).metadata()
      sizes.set(file.replace(/^.*\//, '').replace(/\.\w+\./, '.'), { width, height })
    }
    const once = { width: WIDTH, height: HEIGHT }
    const twice = { width: 2 * WIDTH, height: 2 * HEIGHT }
    expect(Object.fromEntries(sizes)).toEqual({ 'a.jpg': once, 'a@2x.jpg': twice, 'a@2x.webp': twice })
    const css = await readFile(`${project.dist}/${files.find((name) => name.endsWith('.css'))}`, 'utf8')
    expect(css).toMatch(/url\([^)]*a@2x\.\w+\.webp\)/)
  })

  test('a wrong query fails the build with the importer and its line', async () => {
    const project = await createProject({ 'main.js': `import './a.jpg?hd&size=3'` })
    const rsbuild = await createRsbuild({ cwd: project.root, config: toConfig(project, project.options()) })
    const messages: string[] = []
    rsbuild.onAfterBuild(({ stats }) => {
      messages.push(...(stats?.toJson({ all: false, errors: true }).errors ?? []).map(({ message }) => message))
    })
    await expect(rsbuild.build()).rejects.toThrow()
    expect(messages.join('\n')).toMatch(/main\.js:1: '\.\/a\.jpg\?hd&size=3': the query has the unknown key 'size'.*\(HD_QUERY\)/)
  })

  test('the dev server serves the 2x', async () => {
    const project = await createProject(FILES)
    const config = {
      ...toConfig(project, project.options()),
      mode: 'development' as const,
      server: { port: 0, host: '127.0.0.1', printUrls: false },
    }
    const rsbuild = await createRsbuild({ cwd: project.root, config })
    const { server, urls } = await rsbuild.startDevServer()
    try {
      const script = await (await fetch(`${urls[0]}/static/js/main.js`)).text()
      const [address] = /static\/assets\/a@2x[^"']*\.jpg/.exec(script)!
      const { width, height } = await sharp(Buffer.from(await (await fetch(`${urls[0]}/${address}`)).arrayBuffer())).metadata()
      expect({ width, height }).toEqual({ width: 2 * WIDTH, height: 2 * HEIGHT })
    } finally {
      await server.close()
    }
  })
})

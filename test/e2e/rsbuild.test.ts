import { createRsbuild } from '@rsbuild/core'
import sharp from 'sharp'
import hd from 'unplugin-hd/rspack'
import { describe, expect, test } from 'vitest'
import { facts } from './support/bundler.ts'
import { HEIGHT, WIDTH } from './support/images.ts'
import { createProject } from './support/project.ts'
import { buildRsbuild, rsbuild } from './support/rsbuild.ts'
import { describeBundler } from './support/suite.ts'

describeBundler(rsbuild)

describe('rsbuild', () => {
  test('url() in CSS uses the 2x', async () => {
    const project = await createProject({
      'main.css': `.a { background: url('./a.jpg?hd&format=webp') }`,
      'main.js': `import './main.css'`,
    })
    const built = await buildRsbuild(project, project.options())
    const css = (await project.read(`dist/${built.files.find((name) => name.endsWith('.css'))}`)).toString()
    const [, url] = /url\(([^)]*a@2x\.\w+\.webp)\)/.exec(css)!
    expect(await facts(built, url!)).toEqual({ width: 2 * WIDTH, height: 2 * HEIGHT, format: 'webp' })
  })

  test('the dev server serves the 2x', async () => {
    const project = await createProject({ 'main.js': `import url from './a.jpg?hd'\ndocument.title = url` })
    const server = await createRsbuild({
      cwd: project.root,
      config: {
        mode: 'development',
        logLevel: 'silent',
        source: { entry: { main: './main.js' } },
        server: { port: 0, host: '127.0.0.1', printUrls: false },
        tools: { rspack: { plugins: [hd(project.options())] } },
      },
    }).then((created) => created.startDevServer())
    try {
      const [origin] = server.urls
      const script = await (await fetch(`${origin}/static/js/main.js`)).text()
      const [address] = /static\/assets\/a@2x[^"']*\.jpg/.exec(script)!
      const { width, height } = await sharp(Buffer.from(await (await fetch(`${origin}/${address}`)).arrayBuffer())).metadata()
      expect({ width, height }).toEqual({ width: 2 * WIDTH, height: 2 * HEIGHT })
    } finally {
      await server.server.close()
    }
  })
})

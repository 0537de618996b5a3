import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { noise, sizeOf, type Size } from '../../../test/e2e/support/images.ts'

const LAYOUT = `import './global.css'

export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>
}
`

const STYLE = `.photo {
  background-image: url('../images/photo.png?hd');
}
`

/** The address of a file of the public folder in line 9, which no bundler resolves. */
const PAGE = `import Image from 'next/image'
import photo from '../images/photo.png?hd'
import still from '../images/still.png?hd&as=url&format=webp'

export default function Page() {
  return (
    <main className="photo">
      <Image src={photo} alt="" loading="eager" />
      <img src="/plain.png?hd" alt="" />
      <img src={still} alt="" />
    </main>
  )
}
`

/** A route that shares no image with a page. */
const ROUTE = `import url from '../../images/server.png?hd&as=url'

export const dynamic = 'force-static'

export function GET() {
  return Response.json({ url })
}
`

/** A small project of Next.js, in a folder of one that has its dependencies. Its images differ in size. */
export interface NextProject {
  /** Relative to the projects of frameworks. */
  name: string
  folder: string
  configure(nextConfig: object, options: object): Promise<void>
  writeImage(name: string, size: Size): Promise<void>
  /** The images that a build wrote: file names relative to the folder, and sizes. */
  images(folder: string): Promise<Map<string, Size>>
}

/** @param owner the project with the dependencies @param bundlerFlag such as ` --webpack` */
export async function createNextProject(owner: string, bundlerFlag: string): Promise<NextProject> {
  const name = `${owner}/.scratch/next${bundlerFlag.trim()}`
  const folder = path.join(import.meta.dirname, '../..', name)
  const next = 'node ../../node_modules/next/dist/bin/next'
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  const files = {
    'package.json': JSON.stringify({
      name: 'scratch',
      private: true,
      type: 'module',
      scripts: {
        build: `${next} build${bundlerFlag}`,
        dev: `${next} dev${bundlerFlag}`,
        standalone: `node .next/standalone/frameworks/${name}/server.js`,
      },
    }),
    'app/layout.jsx': LAYOUT,
    'app/global.css': STYLE,
    'app/page.jsx': PAGE,
    'app/api/route.js': ROUTE,
  }
  for (const [file, text] of Object.entries(files)) await write(file, text)
  const project: NextProject = {
    name,
    folder,
    configure: (nextConfig, options) =>
      write(
        'next.config.mjs',
        `import withHd from 'unplugin-hd/next'

// The plugin is linked from outside of this workspace.
const root = ${JSON.stringify(path.join(import.meta.dirname, '../../..'))}
const config = { turbopack: { root }, outputFileTracingRoot: root, devIndicators: false, ...${JSON.stringify(nextConfig)} }

export default withHd(config, ${JSON.stringify(options)})
`,
      ),
    writeImage: async (image, { width, height }) => write(image, await noise(width, height)),
    async images(below) {
      const found = new Map<string, Size>()
      for (const file of await readdir(path.join(folder, below), { recursive: true })) {
        if (!/\.(?:png|webp)$/.test(file)) continue
        found.set(file.replaceAll('\\', '/'), await sizeOf(await readFile(path.join(folder, below, file))))
      }
      return found
    },
  }
  await project.writeImage('public/plain.png', { width: 8, height: 8 })
  await project.writeImage('images/photo.png', { width: 40, height: 30 })
  await project.writeImage('images/still.png', { width: 60, height: 20 })
  await project.writeImage('images/server.png', { width: 24, height: 16 })
  return project

  async function write(file: string, content: string | Uint8Array): Promise<void> {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), content)
  }
}
